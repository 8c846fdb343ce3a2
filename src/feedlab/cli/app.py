"""The commands, and how their errors end."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from feedlab import __version__
from feedlab.cli import demo, interrupts, seed, serve
from feedlab.errors import FeedlabError, InvalidInput

_EPILOG = "Start with `feedlab demo`. Settings are FEEDLAB_* in the environment; servers you do not name are started for you."

app = typer.Typer(
    name="feedlab",
    help="A laboratory for social feeds: a synthetic network with known tastes, its recommender and its feeds.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(serve.console)
app.add_typer(seed.app, name="seed")
app.command()(serve.accounts)
app.command()(serve.recommend)
app.command()(serve.stop)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"feedlab {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line; an expected error is one sentence and a status, not a traceback."""
    interrupts.install()
    try:
        app()
    except FeedlabError as error:
        typer.secho(f"error: {error.message}", fg="red", err=True)
        sys.exit(2 if isinstance(error, InvalidInput) else 1)
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(130)
