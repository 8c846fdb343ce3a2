"""The command line: thin over the services. Every command imports what it needs when it runs."""

from feedlab.cli.app import main

__all__ = ["main"]
