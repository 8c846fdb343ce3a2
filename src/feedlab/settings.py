"""Every setting of feedlab: one frozen object, read once, passed on, never global.

Each can be set in the environment: ``FEEDLAB_PORT=9000``, and what is nested with
two underscores: ``FEEDLAB_FEED__SLATE_SIZE=500``.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from feedlab.errors import InvalidInput


class FeedSettings(BaseModel):
    """How feeds are built and served."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slate_size: int = Field(1000, ge=1, le=100_000, description="posts in a slate at most")
    recommendations: int = Field(100, ge=1, le=1000, description="posts recommended to a person by a build")
    lookback_days: int = Field(30, ge=1, description="how long an interaction says something about taste")
    expires_after: timedelta = Field(timedelta(hours=24), description="how long recommendations hold")
    cache_ttl: int = Field(3600, ge=1, description="seconds that recommendations stay in the cache")
    cache_timeout: float = Field(
        0.25, gt=0, description="seconds to wait for the cache before doing without it"
    )


class SessionSettings(BaseModel):
    """How long a login holds, and how many passwords are checked at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_age: timedelta = Field(timedelta(days=7), description="after which one has to log in again")
    secure: bool = Field(False, description="send the cookie over https only")
    password_checks: int = Field(2, ge=1, description="password checks at the same time; each takes 19 MiB")


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix="FEEDLAB_", env_nested_delimiter="__", frozen=True, extra="ignore", env_ignore_empty=True
    )

    home: Path = Field(Path(".feedlab"), description="where feedlab keeps its servers, objects and secrets")
    database_url: str | None = Field(None, description="PostgreSQL of your own; without it one is started")
    cache_url: str | None = Field(None, description="Valkey or Redis of your own; without it one is started")
    objects_url: str | None = Field(
        None, description="a folder or s3://bucket; by default a folder in the home"
    )
    clock: Literal["world", "wall"] = Field("world", description="lab time: the world's, or this machine's")
    synthetic_login: bool = Field(False, description="whether one may sign in as a synthetic person")
    host: str = Field("127.0.0.1", description="where servers listen")
    port: int = Field(8000, ge=0, le=65535, description="port of the API and of the demo")
    console_port: int = Field(8080, ge=0, le=65535, description="port of the console, when it runs alone")
    database_connections: int = Field(
        10, ge=1, description="PostgreSQL connections of one API process at most"
    )
    database_timeout: float = Field(
        3.0, gt=0, description="seconds to wait for PostgreSQL before answering 503"
    )

    feed: FeedSettings = FeedSettings()
    session: SessionSettings = SessionSettings()

    @property
    def objects(self) -> str:
        """Where objects are, by default a folder in the home."""
        return self.objects_url or str(self.home.absolute() / "objects")


def load(**overrides: object) -> Settings:
    """The settings of the environment, with some replaced.

    Args:
        overrides: values that win over the environment; ``None`` means not given.

    Raises:
        InvalidInput: names the setting, its value and what is wrong with it.
    """
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "FEEDLAB_" + "__".join(str(part) for part in first["loc"]).upper()
        raise InvalidInput(f"{name}={first['input']!r}: {first['msg']}", field=name) from None
