"""Object storage, the same for a folder and for a real S3 server."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.s3 import ACCESS_KEY, BUCKET, SECRET_KEY, s3_server

from feedlab.errors import InvalidInput, NotFound, ObjectsUnavailable
from feedlab.storage.objects import Objects

Opener = Callable[[str], Objects]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("seaweed")) as url:
        yield url


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)


def on_s3(endpoint: str, prefix: str = "", bucket: str = BUCKET) -> Objects:
    return Objects.open(
        f"s3://{bucket}/{prefix}", endpoint=endpoint, access_key=ACCESS_KEY, secret_key=SECRET_KEY
    )


@pytest.fixture(params=["folder", "s3"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    if request.param == "folder":
        return Objects.open(f"file://{tmp_path}/some%20folder")
    # Each test has a prefix of its own in the one bucket.
    return on_s3(request.getfixturevalue("endpoint"), tmp_path.name)


def test_put_get_exists_list(objects: Objects) -> None:
    assert objects.list() == []
    assert not objects.exists("a/one")
    with pytest.raises(NotFound, match="'a/one'"):
        objects.get("a/one")
    for key in ("a/one", "a/two words ü 100%+&?.txt", "ab", "b/deep/er"):
        objects.put(key, key.encode())
    objects.put("empty", b"")
    assert objects.get("a/two words ü 100%+&?.txt") == "a/two words ü 100%+&?.txt".encode()
    assert objects.get("empty") == b""
    assert objects.exists("a/one")
    assert not objects.exists("a")
    everything = ["a/one", "a/two words ü 100%+&?.txt", "ab", "b/deep/er", "empty"]
    assert objects.list() == everything
    assert objects.list("a") == everything[:3]
    assert objects.list("a/") == everything[:2]
    assert objects.list("a/t") == everything[1:2]
    assert objects.list("b/deep/er") == ["b/deep/er"]
    assert objects.list("nothing/here") == []
    objects.put("a/one", b"again")
    assert objects.get("a/one") == b"again"


def test_object_larger_than_a_part(objects: Objects) -> None:
    data = bytes(range(256)) * 4 * 1024 * 12
    objects.put("large", data)
    assert objects.get("large") == data


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/", "a//b", "../a", "a/./b", "a\nb", "a\0b", "a\\b", "a#1", "x" * 201, "ab/" * 400 + "a"],
)
def test_key_that_cannot_be_used(tmp_path: Path, key: str) -> None:
    objects = Objects.open(str(tmp_path))
    for call in (objects.get, objects.exists, lambda key: objects.put(key, b"")):
        with pytest.raises(InvalidInput, match="cannot be the key"):
            call(key)


def test_folder_is_never_seen_half_written(tmp_path: Path) -> None:
    objects = Objects.open(str(tmp_path))
    versions = [bytes([digit]) * 3_000_000 for digit in range(12)]
    objects.put("big", versions[0])
    writer = threading.Thread(target=lambda: [objects.put("big", version) for version in versions])
    writer.start()
    reads = 0
    while writer.is_alive() or not reads:
        assert objects.get("big") in versions
        assert objects.list() == ["big"]
        reads += 1
    writer.join()
    assert objects.get("big") == versions[-1]
    assert [path.name for path in (tmp_path / BUCKET).iterdir()] == ["big"]


def test_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ObjectsUnavailable, match="cannot be made"):
        Objects.open(str(tmp_path / "file"))
    objects = Objects.open(str(tmp_path))
    objects.put("a/b", b"")
    for key in ("a", "a/b/c"):
        with pytest.raises(InvalidInput, match="at once an object and a folder"):
            objects.put(key, b"")
        with pytest.raises(NotFound):
            objects.get(key)


def test_folder_and_bucket_are_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Objects.open("relative/folder", bucket="mine").put("key", b"value")
    assert (tmp_path / "relative" / "folder" / "mine" / "key").read_bytes() == b"value"
    again = Objects.open(f"file://{tmp_path}/relative/folder", bucket="mine")
    assert again.get("key") == b"value"
    assert again.url == f"file://{tmp_path}/relative/folder/mine"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "names no folder"),
        ("file://elsewhere/folder", "file:///folder"),
        ("gs://bucket", "gs://"),
        ("s3://", "name of a bucket"),
        ("s3://bu cket", "name of a bucket"),
        ("s3://key:hidden@bucket", "AWS_ACCESS_KEY_ID"),
        ("s3://bucket?endpoint=ftp://host", "http://host:port"),
        ("s3://bucket?endpoint=http://user:hidden@example.org", "AWS_ALLOW_HTTP"),
        ("s3://bucket?secret=hidden", "'secret'"),
        ("s3://[bucket", "not a URL"),
    ],
)
def test_url_that_cannot_be_used(url: str, says: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Objects.open(url)
    assert says in caught.value.message
    assert "hidden" not in caught.value.message


def test_keys_and_endpoint_from_the_environment(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    with pytest.raises(InvalidInput, match="give both"):
        Objects.open(f"s3://{BUCKET}/env")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    objects = Objects.open(f"s3://{BUCKET}/env/")
    objects.put("key", b"value")
    assert objects.url == f"s3://{BUCKET}/env at {endpoint}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    by_query = Objects.open(f"s3://{BUCKET}?endpoint={endpoint}")
    assert by_query.get("env/key") == b"value"


def test_s3_that_refuses(endpoint: str) -> None:
    wrong = Objects.open(f"s3://{BUCKET}", endpoint=endpoint, access_key=ACCESS_KEY, secret_key="wrong")
    unsigned = Objects.open(f"s3://{BUCKET}", endpoint=endpoint)
    for objects in (wrong, unsigned):
        for call in (objects.get, objects.exists, objects.list, lambda key, to=objects: to.put(key, b"")):
            with pytest.raises(ObjectsUnavailable, match="refused"):
                call("key")
    nowhere = on_s3(endpoint, bucket="another-bucket")
    with pytest.raises(ObjectsUnavailable, match="does not exist"):
        nowhere.put("key", b"")
    with pytest.raises(ObjectsUnavailable, match="does not exist"):
        nowhere.list("key")


def test_server_that_is_not_there_is_known_soon() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        objects = on_s3(f"http://127.0.0.1:{closed.getsockname()[1]}")
        since = time.monotonic()
        with pytest.raises(ObjectsUnavailable, match="does not answer"):
            objects.put("key", b"")
        assert time.monotonic() - since < 8


def test_server_that_keeps_silent_is_known_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        objects = on_s3(f"http://127.0.0.1:{mute.getsockname()[1]}")
        since = time.monotonic()
        with pytest.raises(ObjectsUnavailable, match="does not answer"):
            objects.get("key")
        assert time.monotonic() - since < 15
