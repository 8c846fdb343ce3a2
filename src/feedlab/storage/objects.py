"""Objects by key, in a folder or in anything that speaks S3, through ``obstore``.

Which of the two is said by the URL alone::

    data/objects                     a folder
    file:///srv/objects              a folder
    s3://bucket/prefix               Amazon
    s3://bucket?endpoint=http://127.0.0.1:9878    Ozone, SeaweedFS, …
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from feedlab.errors import InvalidInput, NotFound, ObjectsUnavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, LocalStore, RetryConfig, S3Config, S3Store

# A server that is not there is known within ten seconds, whether it refuses, drops or swallows the call.
_CLIENT: ClientConfig = {"connect_timeout": "2s", "read_timeout": "8s", "timeout": "5m"}
_RETRY: RetryConfig = {"max_retries": 2, "retry_timeout": timedelta(seconds=6)}

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
# The folder store keeps its half-written files under such names.
_RESERVED = re.compile(r"#\d+$")
# How somebody other than ourselves may hand out keys to a program that has none.
_OTHER_KEYS = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


class Objects:
    """A store of objects.

    Writing replaces the whole object or nothing: who reads meanwhile sees the
    one before or the one after.

    Attributes:
        url: where it is, for messages; without credentials.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> folder = TemporaryDirectory()
        >>> objects = Objects.open(folder.name)
        >>> objects.put("media/cat.svg", b"<svg/>")
        >>> objects.get("media/cat.svg")
        b'<svg/>'
        >>> objects.list("media/")
        ['media/cat.svg']
        >>> objects.exists("media/dog.svg")
        False
        >>> folder.cleanup()
    """

    def __init__(self, store: LocalStore | S3Store, url: str) -> None:
        self._store = store
        self.url = url

    @classmethod
    def open(
        cls,
        url: str,
        *,
        bucket: str = "threads-synthetic-data",
        endpoint: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
        region: str | None = None,
    ) -> Objects:
        """Open the store that a URL names. Nothing is asked of a server yet.

        Args:
            url: a folder, ``file:///folder``, or ``s3://bucket/prefix``, with
                ``?endpoint=`` and ``&region=`` if wanted.
            bucket: the subfolder to use, made when missing; the bucket of an ``s3`` URL wins.
            endpoint: the S3 server; else from the URL, else ``AWS_ENDPOINT_URL``. Plain http is
                for this machine, and for others where ``AWS_ALLOW_HTTP=true``.
            access_key, secret_key: else ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``.
                With neither, an endpoint of one's own is called unsigned.
            region: else from the URL, else ``AWS_REGION``.

        Raises:
            InvalidInput: the URL, the bucket or the endpoint cannot be used.
            ObjectsUnavailable: the folder cannot be made.
        """
        if "://" not in url:
            return cls._open_folder(Path(url), url, bucket)
        parts = _split(url)
        if parts.scheme == "file":
            if parts.netloc not in ("", "localhost") or parts.query:
                raise InvalidInput(f"{_masked(url)!r} is not file:///folder", field="objects_url")
            return cls._open_folder(Path(unquote(parts.path)), unquote(parts.path), bucket)
        if parts.scheme == "s3":
            return cls._open_s3(parts, endpoint, access_key, secret_key, region)
        raise InvalidInput(
            f"the objects URL {_masked(url)!r} starts with {parts.scheme}://; use a folder, file:// or s3://",
            field="objects_url",
        )

    @classmethod
    def _open_folder(cls, folder: Path, given: str, bucket: str) -> Objects:
        from obstore.store import LocalStore

        if not given or "\0" in given:
            raise InvalidInput(f"the objects URL {given!r} names no folder", field="objects_url")
        place = folder.expanduser().resolve() / _bucket_name(bucket)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ObjectsUnavailable(
                f"the folder {place} for objects cannot be made: {error.strerror}; name another one"
            ) from error
        return cls(LocalStore(place), "file://" + quote(os.fsencode(place)))

    @classmethod
    def _open_s3(
        cls, parts: SplitResult, endpoint: str | None, key: str | None, secret: str | None, region: str | None
    ) -> Objects:
        from obstore.store import S3Store

        if "@" in parts.netloc:
            raise InvalidInput(
                f"the objects URL s3://***@{parts.netloc.rpartition('@')[2]} holds keys; "
                "give them as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
                field="objects_url",
            )
        bucket, prefix = _bucket_name(parts.netloc), unquote(parts.path).strip("/")
        asked = dict(parse_qsl(parts.query))
        if unknown := asked.keys() - {"endpoint", "region"}:
            raise InvalidInput(
                f"the objects URL s3://{bucket} has the unknown setting {min(unknown)!r}; "
                "there are endpoint and region",
                field="objects_url",
            )
        # An empty variable is an unset one.
        env = {name: value for name, value in os.environ.items() if name.startswith("AWS_") and value}
        endpoint = endpoint or asked.get("endpoint") or env.get("AWS_ENDPOINT_URL_S3")
        endpoint = endpoint or env.get("AWS_ENDPOINT_URL")
        key, secret = key or env.get("AWS_ACCESS_KEY_ID"), secret or env.get("AWS_SECRET_ACCESS_KEY")
        if bool(key) != bool(secret):
            raise InvalidInput(
                "an S3 access key and its secret key belong together; give both", field="objects_url"
            )
        region = region or asked.get("region") or env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION")
        config: S3Config = {"region": region or "us-east-1"}
        client = _CLIENT.copy()
        name = f"s3://{bucket}/{prefix}".rstrip("/")
        if endpoint:
            allow_http = env.get("AWS_ALLOW_HTTP", "").lower() == "true"
            config["endpoint"] = _checked_endpoint(endpoint, allow_http)
            client["allow_http"] = endpoint.lower().startswith("http:")
            name += f" at {_masked(endpoint)}"
        if key and secret:
            config["access_key_id"], config["secret_access_key"] = key, secret
        elif endpoint and not env.keys() & set(_OTHER_KEYS):
            config["skip_signature"] = True
        store = S3Store(
            bucket, prefix=prefix or None, config=config, client_options=client, retry_config=_RETRY
        )
        return cls(store, name)

    def put(self, key: str, data: bytes | Iterator[bytes]) -> None:
        """Write an object, in place of the one before; from an iterator, in parts.

        Raises:
            InvalidInput: the key cannot be used.
            ObjectsUnavailable: it could not be written.
        """
        import obstore

        with self._plain_words(_checked(key)):
            obstore.put(self._store, key, data)

    def get(self, key: str) -> bytes:
        """Read an object.

        Raises:
            NotFound: there is none under this key.
            InvalidInput, ObjectsUnavailable: as for :meth:`put`.
        """
        import obstore

        with self._plain_words(_checked(key), reading=True):
            return obstore.get(self._store, key).bytes().to_bytes()

    def exists(self, key: str) -> bool:
        """Whether there is an object under this key."""
        import obstore

        try:
            with self._plain_words(_checked(key), reading=True):
                obstore.head(self._store, key)
        except NotFound:
            return False
        return True

    def list(self, prefix: str = "") -> list[str]:
        """The keys that start with ``prefix``, sorted by code point."""
        import obstore

        # Stores list by folder; the rest of the prefix is ours to compare.
        folder = prefix.rpartition("/")[0]
        if folder:
            _checked(folder)
        with self._plain_words(prefix):
            found = [item["path"] for chunk in obstore.list(self._store, folder or None) for item in chunk]
        return sorted(key for key in found if key.startswith(prefix))

    @contextmanager
    def _plain_words(self, key: str, *, reading: bool = False) -> Iterator[None]:
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        try:
            yield
        except (OSError, ValueError, BaseError) as error:
            said = str(error).split("\n", 1)[0]
            if isinstance(error, FileNotFoundError) and "NoSuchBucket" not in str(error):
                if reading:
                    raise NotFound(f"there is no object {key!r} in {self.url}", field="key") from error
                why = "the bucket or folder does not exist; make it first"
            elif "(os error 20)" in said or "(os error 21)" in said:
                if reading:
                    raise NotFound(f"there is no object {key!r} in {self.url}", field="key") from error
                raise InvalidInput(
                    f"the key {key!r} is at once an object and a folder in {self.url}; choose another one",
                    field="key",
                ) from error
            elif "NoSuchBucket" in str(error):
                why = "the bucket does not exist; make it first"
            elif isinstance(error, (PermissionDeniedError, UnauthenticatedError, PermissionError)) or (
                "403 Forbidden" in said or "401 Unauthorized" in said  # of a listing
            ):
                why = "access was refused; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the permissions"
            elif "error sending request" in said:
                why = "it does not answer; check the endpoint, and that the server runs"
            else:
                why = said
            raise ObjectsUnavailable(f"object storage {self.url} cannot be used: {why}") from error


def _checked(key: str) -> str:
    """A key that means the same everywhere: in a folder, on S3, in a URL."""
    segments = key.split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        why = "it is empty or has an empty part, '.' or '..'"
    elif not key.isprintable() or "\\" in key:
        why = "it has a character that cannot be shown, or a backslash"
    elif len(key.encode()) > 1024 or any(len(segment.encode()) > 200 for segment in segments):
        why = "it is longer than 1024 bytes, or a part of it than 200"
    elif any(_RESERVED.search(segment) for segment in segments):
        why = "a part of it ends with # and digits"
    else:
        return key
    raise InvalidInput(f"{key[:80]!r} cannot be the key of an object: {why}", field="key")


def _bucket_name(bucket: str) -> str:
    if not _BUCKET.fullmatch(bucket):
        raise InvalidInput(
            f"{bucket!r} is not the name of a bucket: 3 to 63 letters, digits, dots and hyphens",
            field="bucket",
        )
    return bucket


def _checked_endpoint(endpoint: str, allow_http: bool) -> str:
    parts = _split(endpoint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidInput(f"the S3 endpoint {_masked(endpoint)!r} is not http://host:port", field="endpoint")
    if parts.scheme == "http" and not allow_http and not _is_loopback(host):
        raise InvalidInput(
            f"the S3 endpoint {_masked(endpoint)!r} is not encrypted and not on this machine; "
            "use https, or set AWS_ALLOW_HTTP=true",
            field="endpoint",
        )
    return endpoint.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise InvalidInput(f"{_masked(url)!r} is not a URL: {error}", field="objects_url") from error
    return parts


def _masked(url: str) -> str:
    """A URL without what stands before an @, and without its settings."""
    return re.sub(r"//[^/?#]*@", "//***@", url.partition("?")[0])
