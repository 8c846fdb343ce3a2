"""The database schema, step by step. Alembic runs what is missing.

A migration is written once and never changed after a release; the newest
revision is :data:`HEAD`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import psycopg

from feedlab.errors import Conflict

HEAD: Final = "0001"
_LOCK = 0x66656564_6D696772  # "feedmigr": one migration at a time


def migrate(database_url: str) -> bool:
    """Brings a database to the newest revision; returns whether there was anything to do.

    Raises:
        Conflict: the database was made by a newer feedlab.
    """
    with psycopg.connect(database_url, autocommit=True) as connection:
        if _revision(connection) == HEAD:  # the common case, without importing Alembic
            return False
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # held until the connection closes
        found = _revision(connection)
        if found == HEAD:
            return False
        from alembic import command
        from alembic.script import ScriptDirectory

        config = configuration(database_url)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise Conflict(
                f"the database is at revision {found}, which this feedlab does not know (its newest is {HEAD}); "
                "use the feedlab that made it, or another database"
            )
        command.upgrade(config, "head")
        return True


def configuration(database_url: str) -> Any:
    """Alembic's configuration for this folder and database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    scheme, _, rest = database_url.partition("://")
    url = f"postgresql+psycopg://{rest}" if scheme in ("postgresql", "postgres") else database_url
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))  # ConfigParser wants % doubled
    return config


def _revision(connection: psycopg.Connection) -> str | None:
    if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return row[0] if row else None
