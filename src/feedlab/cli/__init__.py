"""The command line: thin over the services. Every command imports what it needs when it runs."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line; says what to install when only the base is there."""
    try:
        from feedlab.cli.app import main as run
    except ModuleNotFoundError as missing:
        sys.exit(f"the command line needs {missing.name}; install it with: pip install 'feedlab[server]'")
    run()


__all__ = ["main"]
