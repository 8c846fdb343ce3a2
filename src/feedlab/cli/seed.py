"""feedlab seed: what worlds grow from."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="What worlds grow from.", no_args_is_help=True)
posts = typer.Typer(help="The seed posts that all text of a world grows from.", no_args_is_help=True)
app.add_typer(posts, name="posts")

_EXAMPLE = """A seed file is JSON:

    {"seeds": [{"id": "seed_1", "topic": "food", "content": "Made the best carbonara today …", "tags": ["food", "italian"], "tone": "casual"}]}

Any number of seeds, any topics, any language; content has 5 to 5,000 characters."""


@posts.command(epilog=_EXAMPLE)
def upload(
    file: Annotated[
        Path, typer.Argument(help="A seed file of yours.", exists=True, dir_okay=False, readable=True)
    ],
) -> None:
    """Put a seed file of your own in place; the next world grows from it.

    The file is checked first: a mistake is named with its seed and key, and changes nothing.
    """
    from feedlab.services.seed_posts import KEY, upload_seeds
    from feedlab.settings import load
    from feedlab.storage.home import Home
    from feedlab.storage.objects import Objects

    settings = load()
    if settings.objects_url is None:
        Home(settings.home)
    objects = Objects.open(settings.objects)
    seeds = upload_seeds(objects, file.read_bytes())
    topics = ", ".join(f"{topic} {count}" for topic, count in Counter(s.topic for s in seeds).most_common(12))
    typer.echo(f"{len(seeds)} seed posts ({topics}) are now at {KEY} in {objects.url}")
    typer.echo("next: `feedlab demo --fresh` builds a world from them")


@posts.command()
def show(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the seed file itself, to edit and upload.")
    ] = False,
) -> None:
    """Print the seed posts that the next world will grow from."""
    from feedlab.services.seed_posts import fetch_seeds
    from feedlab.settings import load
    from feedlab.storage.home import Home
    from feedlab.storage.objects import Objects
    from feedlab.world.content.seeds import dump_seeds

    settings = load()
    if settings.objects_url is None:
        Home(settings.home)
    seeds = fetch_seeds(Objects.open(settings.objects))
    if as_json:
        typer.echo(dump_seeds(seeds).decode())
        return
    for seed in seeds:
        typer.secho(
            f"{seed.id}  {seed.topic}, {seed.tone}  {' '.join('#' + t for t in seed.tags)}", bold=True
        )
        typer.echo(f"  {seed.content}\n")
