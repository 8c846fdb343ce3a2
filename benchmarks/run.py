"""Every benchmark, on servers of its own. ``make bench`` runs it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from feedlab.storage import embedded

HERE = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as home, embedded.running(Path(home), valkey=False) as servers:
        for name, arguments in {
            "streams.py": [],
            "copy_rate.py": ["--database-url", str(servers.database_url)],
        }.items():
            subprocess.run([sys.executable, str(HERE / name), *arguments], check=True)
            print()


if __name__ == "__main__":
    main()
