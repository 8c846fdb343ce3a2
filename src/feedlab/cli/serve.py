"""feedlab serve, console, accounts, recommend, stop."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Annotated

import typer

_PORT = typer.Option("--port", help="Where to listen.")
_HOST = typer.Option("--host", help="Address to listen on.")
_JSON = typer.Option("--json", help="Print one JSON object on standard output.")


def serve(
    port: Annotated[int | None, _PORT] = None,
    host: Annotated[str | None, _HOST] = None,
) -> None:
    """Serve the API alone, over the world that is there.

    GET /openapi.json describes it. Sign in with an account of `feedlab accounts`.
    """
    from feedlab.cli.progress import reporting
    from feedlab.cli.server import Server, check_port
    from feedlab.services.lab import open_lab
    from feedlab.settings import load

    settings = load(port=port, host=host)
    check_port(settings.host, settings.port)
    with ExitStack() as stack:
        with reporting() as report:
            lab = stack.enter_context(open_lab(settings, report.step))
            lab.world_spec()  # nothing to serve without a world
        server = stack.enter_context(Server(lab, console=False))
        typer.echo(f"the API listens on {server.address} (Ctrl-C stops it)", err=True)
        server.wait()


def console(
    port: Annotated[int | None, typer.Option("--port", help="Where to listen.  [default: 8080]")] = None,
    host: Annotated[str | None, _HOST] = None,
    api: Annotated[str, typer.Option("--api", help="Where the API is.")] = "http://127.0.0.1:8000",
) -> None:
    """Serve the pages alone, over an API that runs elsewhere."""
    from feedlab.cli.server import check_port
    from feedlab.console.mount import run_console
    from feedlab.settings import load

    settings = load(console_port=port, host=host)
    check_port(settings.host, settings.console_port)
    run_console(api, host=settings.host, port=settings.console_port)


def accounts(as_json: Annotated[bool, _JSON] = False) -> None:
    """Print the laboratory's own accounts and their passwords."""
    from feedlab.services.accounts import EMAILS
    from feedlab.settings import load
    from feedlab.storage.home import Home

    home = Home(load().home, make=False)
    passwords = {email: home.password_of(email) for email in EMAILS.values()}
    if as_json:
        typer.echo(json.dumps(passwords))
        return
    for email, password in passwords.items():
        typer.echo(f"{email:<28} {password}")


def recommend(as_json: Annotated[bool, _JSON] = False) -> None:
    """Build everybody's recommendations anew from what the database knows now."""
    from feedlab.cli.progress import reporting
    from feedlab.services.lab import open_lab
    from feedlab.services.recommend import rebuild
    from feedlab.settings import load

    with ExitStack() as stack, reporting() as report:
        lab = stack.enter_context(open_lab(load(), report.step))
        lab.world_spec()  # nothing to recommend without a world
        built = rebuild(lab, report.progress)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "people": built.people,
                    "rows": built.rows,
                    "seconds": round(built.seconds, 3),
                    "generated_at": built.generated_at.isoformat(),
                    "expires_at": built.expires_at.isoformat(),
                }
            )
        )
    else:
        typer.echo(f"{built.rows:,} recommendations for {built.people:,} people in {built.seconds:.1f} s")


def stop() -> None:
    """Stop servers that a killed feedlab left behind in this home."""
    from feedlab.settings import load
    from feedlab.storage import embedded

    stopped = embedded.stop(load().home.absolute())
    typer.echo(f"stopped {', '.join(stopped)}" if stopped else "nothing was running")
