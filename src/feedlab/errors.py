"""Every error that feedlab raises on purpose.

::

    FeedlabError
    ├── InvalidInput            the caller gave something that cannot be used
    │   ├── InvalidSeedFile     a seed post file: says which seed and which key
    │   └── InvalidId           an id that this world did not make
    ├── NotFound                what was named is not there
    ├── NotAuthenticated        no session, or one that is forged or expired
    ├── Forbidden               signed in, but not allowed
    ├── Conflict                it contradicts what is already there
    │   ├── WorldMismatch       another world lives in this database
    │   └── PortInUse           somebody else listens there
    ├── Unavailable             a server that is needed does not answer
    │   ├── DatabaseUnavailable
    │   ├── CacheUnavailable
    │   └── ObjectsUnavailable
    └── EmbeddedServerError     a server of our own did not start, or the home cannot be used

A message says what was wrong, with which value, and what to do about it.
"""

from __future__ import annotations


class FeedlabError(Exception):
    """The root: catch this to catch everything that feedlab raises on purpose.

    Args:
        message: what was wrong, with which value, and what to do.
        field: the name of the parameter or key at fault, when there is one.
    """

    code = "internal_error"

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class InvalidInput(FeedlabError, ValueError):
    code = "invalid_input"


class InvalidSeedFile(InvalidInput):
    code = "invalid_seed_file"


class InvalidId(InvalidInput):
    code = "invalid_id"


class NotFound(FeedlabError, LookupError):
    code = "not_found"


class NotAuthenticated(FeedlabError):
    code = "not_authenticated"


class Forbidden(FeedlabError):
    code = "forbidden"


class Conflict(FeedlabError):
    code = "conflict"


class WorldMismatch(Conflict):
    code = "world_mismatch"


class PortInUse(Conflict):
    code = "port_in_use"


class Unavailable(FeedlabError):
    code = "unavailable"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"


class CacheUnavailable(Unavailable):
    code = "cache_unavailable"


class ObjectsUnavailable(Unavailable):
    code = "objects_unavailable"


class EmbeddedServerError(FeedlabError):
    code = "embedded_server_error"
