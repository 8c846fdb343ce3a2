"""feedlab demo: the whole loop, and where to look."""

from __future__ import annotations

import json
import math
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from feedlab.services.demo import Demo


def demo(
    count: Annotated[int, typer.Option("--count", help="People in the world.")] = 1000,
    activity_days: Annotated[int, typer.Option("--activity-days", help="Days of activity.")] = 30,
    run_seed: Annotated[
        str, typer.Option("--run-seed", help="The same seed makes the same world, to the byte.")
    ] = "demo-2024",
    start_date: Annotated[
        str, typer.Option("--start-date", help="First day of activity, YYYY-MM-DD.")
    ] = "2024-01-01",
    port: Annotated[int | None, typer.Option("--port", help="Where to serve.  [default: 8000]")] = None,
    leave: Annotated[
        bool,
        typer.Option("--exit", help="Do all of it, ask both feeds over HTTP, print the comparison and stop."),
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Print the result as one JSON object; progress goes to standard error."),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the world that is in this home and build anew.")
    ] = False,
) -> None:
    """Build a world, recommend to it and serve its feeds.

    A world that is there already is used again. With the defaults it takes well
    under a minute; then open the printed address and compare the two feeds.
    """
    from feedlab.cli.progress import reporting
    from feedlab.cli.server import Server, check_port
    from feedlab.services.demo import build_demo
    from feedlab.services.lab import open_lab
    from feedlab.services.seed import forget_world
    from feedlab.settings import load
    from feedlab.world.spec import WorldSpec

    started = time.perf_counter()
    settings = load(port=port)
    spec = WorldSpec(run_seed, count, activity_days, parse_date(start_date))
    check_port(settings.host, settings.port)
    with ExitStack() as stack:
        with reporting() as report:
            lab = stack.enter_context(open_lab(settings, report.step))
            if fresh:
                forget_world(lab)
            result = build_demo(lab, spec, report.progress)
        server = stack.enter_context(Server(lab, console=True))
        feeds = ask_feeds(server.address, result)
        seconds = time.perf_counter() - started
        if as_json:
            typer.echo(json.dumps(summary(result, feeds, seconds), ensure_ascii=False))
        else:
            show(result, feeds, seconds)
        if not leave:
            if not as_json:
                show_addresses(server.address, result.passwords)
            server.wait()


def parse_date(text: str) -> date:
    """A day from ``YYYY-MM-DD``."""
    from feedlab.errors import InvalidInput

    try:
        if len(text) != len("YYYY-MM-DD"):  # other ISO forms are for machines
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"Invalid start date {text!r}: use the format YYYY-MM-DD, e.g. --start-date=2024-01-01",
            field="start_date",
        ) from None


@dataclass(frozen=True)
class AccountFeed:
    """What an account was served, and what the truth says of it."""

    source: str
    posts: list[dict[str, Any]]
    expected_like_rate: float


def ask_feeds(address: str, result: Demo) -> dict[str, AccountFeed]:
    """The first page of both test accounts, signed in over HTTP."""
    import httpx
    import numpy as np
    import pyarrow as pa

    from feedlab.services.accounts import EMAILS
    from feedlab.services.evaluate import DEPTH
    from feedlab.services.truth import Truth
    from feedlab.world.world import World

    world = World(result.spec)
    feeds = {}
    for name in ("control", "treatment"):
        email = EMAILS[name]
        with httpx.Client(base_url=address, timeout=30) as client:
            login = client.post("/api/auth/login", json={"email": email, "password": result.passwords[email]})
            user = login.raise_for_status().json()["user"]
            page = client.get("/api/feeds", params={"limit": DEPTH}).raise_for_status().json()
        ids = pa.array([UUID(post["id"]).bytes for post in page["posts"]], pa.binary(16))
        truth = Truth(world, pa.array([UUID(user["id"]).bytes], pa.binary(16)), ids, result.spec.end)
        rates = truth.like_rates(np.array([0]))[0]
        feeds[name] = AccountFeed(
            source=page["metadata"]["source"],
            posts=[
                {
                    "id": post["id"],
                    "topic": post["topic"],
                    "content": post["content"],
                    "like_rate": round(float(rate), 6),
                }
                for post, rate in zip(page["posts"], rates, strict=True)
            ],
            expected_like_rate=float(rates.mean()) if len(rates) else 0.0,
        )
    return feeds


def summary(result: Demo, feeds: dict[str, AccountFeed], seconds: float) -> dict[str, Any]:
    """The result as JSON has it."""
    return {
        "run_seed": result.spec.run_seed,
        "seconds": round(seconds, 3),
        "steps": {step: round(value, 3) for step, value in result.seconds.items()},
        "reused": result.seeded.reused,
        "rows": {**result.seeded.rows, "user_recommendations": result.recommendations},
        "checksums": result.seeded.checksums,
        "policies": {
            name: {
                "expected_like_rate": _number(score.expected_like_rate),
                "way_to_oracle": _number(score.way_to_oracle),
            }
            for name, score in result.policies.items()
        },
        "accounts": {
            name: {"expected_like_rate": feed.expected_like_rate, "source": feed.source, "posts": feed.posts}
            for name, feed in feeds.items()
        },
        "run_folder": result.seeded.run_folder,
    }


def show(result: Demo, feeds: dict[str, AccountFeed], seconds: float) -> None:
    """The result as a person reads it."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    seeded, spec = result.seeded, result.spec
    title = f"{spec.people:,} people, {spec.days} days from {spec.start_date}, run seed {spec.run_seed}"
    table = Table(title=title, title_justify="left", title_style="bold")
    for column, justify in (("table", "left"), ("rows", "right"), ("rows/s", "right"), ("checksum", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for name, rows in seeded.rows.items():
        spent = seeded.table_seconds.get(name)
        table.add_row(
            name, f"{rows:,}", f"{rows / spent:,.0f}" if spent else "reused", seeded.checksums[name]
        )
    rate = result.recommendations / max(result.seconds["recommend"], 1e-9)
    table.add_row("user_recommendations", f"{result.recommendations:,}", f"{rate:,.0f}", "")
    console.print(table)

    table = Table(
        title="What people would like: true expected like rate of the first 20 posts",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("policy")
    table.add_column("like rate", justify="right")
    table.add_column("way to oracle", justify="right")
    table.add_column("")
    for name, score in result.policies.items():
        way = score.way_to_oracle
        bar = "" if math.isnan(way) else "█" * round(30 * min(max(way, 0.0), 1.0))
        shown = "–" if math.isnan(way) else f"{way:.0%}"
        table.add_row(
            name,
            "–" if math.isnan(score.expected_like_rate) else f"{score.expected_like_rate:.1%}",
            shown,
            f"[green]{bar}[/green]",
        )
    console.print(table)

    control, treatment = feeds["control"], feeds["treatment"]
    console.print("[bold]The two accounts, served over HTTP[/bold]")
    for name, feed in feeds.items():
        console.print(
            f"  {name:<9}  {feed.expected_like_rate:6.1%} expected likes  {len(feed.posts)} posts from {feed.source}"
        )
    if control.expected_like_rate > 0:
        console.print(
            f"  treatment is {treatment.expected_like_rate / control.expected_like_rate:.1f} times control"
        )
    console.print(f"[dim]done in {seconds:.1f} s[/dim]")


def show_addresses(address: str, passwords: dict[str, str]) -> None:
    """Where to look, and as whom."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2))
    table.add_column("sign in as")
    table.add_column("password")
    for email, password in passwords.items():
        table.add_row(email, password)
    console.print()
    console.print(table)
    console.print()
    console.print(f"  both feeds   [bold]{address}/compare[/bold]   side by side")
    console.print(f"  one feed     [bold]{address}/feed[/bold]")
    console.print("  Ctrl-C stops everything that was started.")


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
