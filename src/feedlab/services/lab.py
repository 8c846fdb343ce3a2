"""A laboratory at work: its servers, its storage and its clock, wired from the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from feedlab.clock import Clock, WallClock, WorldClock
from feedlab.errors import NotFound
from feedlab.settings import Settings
from feedlab.storage import embedded
from feedlab.storage.home import Home
from feedlab.storage.objects import Objects
from feedlab.storage.postgres import ledger
from feedlab.storage.postgres.connect import check_url, connect, translated
from feedlab.storage.postgres.migrations import migrate
from feedlab.world.spec import WorldSpec

Step = Callable[[str], None]


@dataclass(frozen=True)
class Lab:
    """What use cases work with."""

    settings: Settings
    home: Home
    database_url: str
    cache_url: str
    objects: Objects

    def world_spec(self) -> WorldSpec:
        """The spec of the world in the database; :class:`NotFound` when there is none yet."""
        with connect(self.database_url) as connection:
            run = ledger.current(connection)
        if run is None or run.phase != "complete":
            raise NotFound("there is no world yet; `feedlab demo` builds one")
        return WorldSpec.from_dict(run.spec)

    def clock(self) -> Clock:
        """Lab time: at the end of the world's last day, or this machine's."""
        if self.settings.clock == "wall":
            return WallClock()
        try:
            spec = self.world_spec()
        except NotFound:
            return WallClock()
        return WorldClock.at_end_of(spec.start_date, spec.days)


@contextmanager
def open_lab(settings: Settings, on_step: Step = lambda step: None) -> Iterator[Lab]:
    """Starts what is not there yet, brings the schema up to date, and stops what it started.

    Args:
        settings: where everything is; servers without a URL are started in the home.
        on_step: told in a few words what is being waited for.
    """
    if settings.database_url is not None:
        check_url(settings.database_url)
    home = Home(settings.home)
    objects = Objects.open(settings.objects)
    with embedded.running(
        home.path,
        postgres=settings.database_url is None,
        valkey=settings.cache_url is None,
        on_step=on_step,
    ) as servers:
        database_url = settings.database_url or servers.database_url
        cache_url = settings.cache_url or servers.cache_url
        assert database_url is not None  # the settings or the servers gave it
        assert cache_url is not None
        with translated(database_url):
            if migrate(database_url):
                on_step("database schema created")
        yield Lab(settings, home, database_url, cache_url, objects)
