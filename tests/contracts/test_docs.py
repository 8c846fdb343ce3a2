"""The documents say what the program has: commands, settings, routes, tables, links and examples."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_every_document_is_reachable_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen.add(page)
        links = re.findall(r"\]\((?!https?:|#)([^)#]+\.md)", page.read_text())
        waiting += [(page.parent / link).resolve() for link in links]
    assert set(PAGES) <= seen, sorted(str(p.relative_to(ROOT)) for p in set(PAGES) - seen)


def test_every_command_and_option_of_the_demo_is_documented() -> None:
    from typer.main import get_command

    from feedlab.cli.app import app

    page = text("docs/reference/cli.md")
    commands: Any = get_command(app)
    for name in commands.commands:
        assert f"feedlab {name}" in page, name
    for parameter in commands.commands["demo"].params:
        for option in parameter.opts:
            if option not in ("--help", "-h"):
                assert f"`{option}`" in page, option


def test_every_setting_is_documented() -> None:
    from feedlab.settings import Settings

    page = text("docs/reference/cli.md")
    for name, field in Settings.model_fields.items():
        nested = getattr(field.annotation, "model_fields", None)
        names = [f"{name}__{inner}" for inner in nested] if nested else [name]
        for each in names:
            assert f"FEEDLAB_{each.upper()}" in page, each


def test_every_route_is_documented(demo_site: Any) -> None:
    import httpx

    page = text("docs/reference/api.md")
    paths = httpx.get(f"{demo_site.address}/openapi.json").json()["paths"]
    assert "/api/feeds" in paths
    for path in paths:
        assert re.sub(r"\{[^}]+\}", "NAME.svg", path) in page, path


def test_every_table_is_documented(demo_site: Any) -> None:
    import psycopg

    with psycopg.connect(demo_site.database_url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    page = text("docs/reference/tables.md")
    for (table,) in rows:
        assert table == "alembic_version" or f"`{table}`" in page, table


def test_the_tutorial_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", text("docs/tutorial/first-recommender.md"), re.DOTALL)
    assert code is not None
    exec(compile(code.group(1), "tutorial", "exec"), {"__name__": "tutorial"})
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["random", "hybrid", "oracle", "mine"]
    assert float(lines[3].split()[1]) > 2 * float(lines[0].split()[1])


def test_the_scorer_of_the_contributing_guide_works() -> None:
    import numpy as np

    import feedlab
    from feedlab.recommend.scorers import SCORERS

    code = re.search(r"```python\n(.*?)```", text("CONTRIBUTING.md"), re.DOTALL)
    assert code is not None
    len(SCORERS)
    try:
        exec(
            compile(code.group(1).replace('"shortest"', '"of the guide"'), "guide", "exec"),
            {"__name__": "guide"},
        )
        scores = SCORERS["of the guide"]().fit(feedlab.snapshot_of(feedlab.World("guide", people=5, days=1)))
        assert scores.score(np.arange(2)).shape[0] == 2
    finally:
        SCORERS._items.pop("of the guide", None)
