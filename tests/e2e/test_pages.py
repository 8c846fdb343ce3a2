"""The pages in a real browser, over a demo that runs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Page, Request, expect

CONTROL = "test_control@example.com"
TREATMENT = "test_treatment@example.com"
OPERATOR = "operator@example.com"
HOSTILE = "<script>window.hacked = 1</script><b>bold</b> &amp; ${1 + 1} `x` \\n </textarea>\nsecond line"


@pytest.fixture(autouse=True)
def problems(demo_site: Any, page: Page) -> Iterator[list[str]]:
    """What no page may do: errors in the console, requests to other hosts. A test takes out what it provokes."""
    found: list[str] = []
    home = urlsplit(demo_site.address).hostname

    def asked(request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and urlsplit(request.url).hostname != home:
            found.append(f"request to {request.url}")

    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", asked)
    page.set_default_timeout(20_000)
    yield found
    assert not found


def forgive(problems: list[str], text: str) -> None:
    """Takes out what the test provoked, which must be there."""
    kept = [problem for problem in problems if text not in problem]
    assert len(kept) < len(problems), f"nothing said {text!r}: {problems}"
    problems[:] = kept


def eventually(holds: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := holds():
            return value
        time.sleep(0.05)
    raise AssertionError(f"after {seconds} s still not: {what}")


def sign_in(page: Page, site: Any, email: str, path: str = "/feed") -> None:
    page.goto(f"{site.address}/login?next={path}")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(site.passwords[email])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")
    page.locator(".fl-card").first.wait_for()


def post_ids(page: Page) -> list[str]:
    ids: list[str] = page.locator(".fl-card").evaluate_all("cards => cards.map(card => card.dataset.post)")
    return ids


def look(page: Page, milliseconds: int = 800) -> None:
    """Until so much time has passed by the page's own clock."""
    page.evaluate(
        "ms => new Promise(done => { const start = performance.now();"
        "const wait = () => performance.now() - start >= ms ? done() : requestAnimationFrame(wait); wait(); })",
        milliseconds,
    )


def interactions(site: Any, email: str, post: str, kind: str) -> list[dict[str, Any]]:
    with psycopg.connect(site.database_url) as connection:
        rows = connection.execute(
            "SELECT coalesce(i.metadata, '{}') FROM user_interactions i JOIN users u ON u.id = i.user_id "
            "WHERE u.email = %s AND i.post_id = %s AND i.interaction_type = %s",
            [email, post, kind],
        ).fetchall()
    return [metadata for (metadata,) in rows]


def test_the_start_leads_to_the_login_and_back(page: Page, demo_site: Any) -> None:
    page.goto(demo_site.address)
    page.wait_for_url("**/login?next=/feed")
    expect(page).to_have_title("Sign in · feedlab")
    expect(page.get_by_label("Email")).to_be_focused()
    assert page.locator("html").get_attribute("lang") == "en-US"
    sign_in(page, demo_site, OPERATOR, "/compare")
    page.goto(f"{demo_site.address}/login")
    page.wait_for_url("**/feed")  # somebody is signed in already


def test_no_cookie_but_the_session(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, OPERATOR)
    assert [(c["name"], c["httpOnly"]) for c in page.context.cookies()] == [("feedlab_session", True)]


@pytest.mark.parametrize(
    "where", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:1"]
)
def test_signing_in_leads_nowhere_else(page: Page, demo_site: Any, where: str) -> None:
    page.goto(f"{demo_site.address}/login?next={where}")
    assert page.locator("#login").get_attribute("data-next") == "/feed"


def test_a_wrong_password_is_said_in_words(page: Page, demo_site: Any, problems: list[str]) -> None:
    page.goto(f"{demo_site.address}/login")
    page.get_by_role("button", name="Control").click()
    expect(page.get_by_label("Email")).to_have_value(CONTROL)
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("password")
    page.keyboard.type("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Email or password is wrong")
    assert page.url.endswith("/login")
    forgive(problems, "401")


def test_two_accounts_see_two_feeds(page: Page, demo_site: Any) -> None:
    seen = {}
    for email, group in ((CONTROL, "Control group"), (TREATMENT, "Treatment group")):
        sign_in(page, demo_site, email)
        expect(page).to_have_title("Your feed · feedlab")
        expect(page.get_by_text(group)).to_be_visible()
        seen[email] = post_ids(page)[:20]
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/login?next=%2Ffeed")
    assert len(seen[CONTROL]) == len(seen[TREATMENT]) == 20
    assert seen[CONTROL] != seen[TREATMENT]


def test_signing_out_ends_the_session(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, OPERATOR)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login**")
    page.goto(f"{demo_site.address}/feed")
    page.wait_for_url("**/login?next=/feed")


def test_reading_and_liking_is_stored(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, TREATMENT)
    first, second = post_ids(page)[:2]
    assert not interactions(demo_site, TREATMENT, first, "view")
    look(page)
    page.locator(".fl-card").nth(12).scroll_into_view_if_needed()
    metadata = eventually(lambda: interactions(demo_site, TREATMENT, first, "view"), "a view is stored")[0]
    assert metadata["duration"] >= 500 and 0 < metadata["scrollDepth"] <= 1

    card = page.locator(f"[data-post='{second}']")
    heart = card.get_by_role("button", name="Like")
    for pressed in ("true", "false", "true"):
        heart.click()
        expect(heart).to_have_attribute("aria-pressed", pressed)
    card.get_by_role("button", name="Share").click()
    expect(page.locator(".fl-toast")).to_contain_text("Copied")
    card.locator(".fl-text").click()
    for kind in ("like", "share", "click"):
        eventually(lambda kind=kind: interactions(demo_site, TREATMENT, second, kind), f"a {kind} is stored")

    # Once a card and page load, however often one comes back to it.
    page.evaluate("scrollTo(0, 0)")
    look(page)
    page.locator(".fl-card").nth(12).scroll_into_view_if_needed()
    page.reload()
    page.locator(".fl-card").first.wait_for()
    for post, kind in ((first, "view"), (second, "view"), (second, "like"), (second, "click")):
        assert len(interactions(demo_site, TREATMENT, post, kind)) == 1, kind


def test_a_view_is_sent_when_the_page_is_left(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, CONTROL)
    first = post_ids(page)[0]
    look(page)
    page.goto("about:blank")
    eventually(lambda: interactions(demo_site, CONTROL, first, "view"), "a view is stored")


def test_what_could_not_be_sent_is_sent_again(page: Page, demo_site: Any, problems: list[str]) -> None:
    sign_in(page, demo_site, CONTROL)
    first = post_ids(page)[0]
    page.route("**/api/track", lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        page.locator(".fl-card").first.get_by_role("button", name="Like").click()
    eventually(lambda: interactions(demo_site, CONTROL, first, "like"), "the like is stored")
    page.title()  # lets what happened meanwhile arrive
    forgive(problems, "ERR_FAILED")


def test_an_ended_session_leads_to_the_login(page: Page, demo_site: Any, problems: list[str]) -> None:
    sign_in(page, demo_site, OPERATOR)
    page.context.clear_cookies()
    page.locator(".fl-card").first.get_by_role("button", name="Like").click()
    page.wait_for_url("**/login?next=%2Ffeed")
    forgive(problems, "401")


def test_more_is_read_in_the_same_slate(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, OPERATOR)
    before = post_ids(page)
    page.locator(".fl-card").nth(len(before) - 1).scroll_into_view_if_needed()
    expect(page.locator(".fl-card").nth(len(before) + 19)).to_be_attached()
    after = post_ids(page)
    assert after[: len(before)] == before
    assert len(set(after)) == len(after)


def test_refreshing_opens_a_slate_without_what_was_seen(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, TREATMENT)
    first = post_ids(page)[0]
    look(page)
    page.get_by_role("button", name="Refresh").click()
    eventually(lambda: first not in post_ids(page) and len(post_ids(page)) >= 20, "another slate is there")
    expect(page.get_by_text("recommendations, from the database")).to_be_visible()
    expect(page.get_by_role("button", name="Refresh")).not_to_have_attribute("aria-busy", "true")


def test_keys(page: Page, demo_site: Any) -> None:
    sign_in(page, demo_site, OPERATOR)
    page.keyboard.press("j")
    expect(page.locator(".fl-card").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".fl-card").nth(1)).to_be_focused()
    page.keyboard.press("l")
    like = page.locator(".fl-card").nth(1).get_by_role("button", name="Like")
    expect(like).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("k")
    expect(page.locator(".fl-card").nth(0)).to_be_focused()


@pytest.fixture
def hostile_post(demo_site: Any) -> Iterator[str]:
    """A post full of HTML that the treatment account is recommended above all others."""
    post = uuid4()
    with psycopg.connect(demo_site.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO posts (id, user_id, content, topic, tags, created_at, updated_at) "
            "SELECT %(post)s, (SELECT id FROM users WHERE role = 'person' ORDER BY id LIMIT 1), %(text)s, "
            "'<i>topic</i>', ARRAY['<u>tag</u>'], max(created_at), max(created_at) FROM posts",
            {"post": post, "text": HOSTILE},
        )
        connection.execute(
            "INSERT INTO user_recommendations (id, user_id, post_id, score, expires_at) "
            "SELECT %s, id, %s, 1e9, '2100-01-01' FROM users WHERE email = %s",
            [uuid4(), post, TREATMENT],
        )
        yield str(post)
        connection.execute("DELETE FROM posts WHERE id = %s", [post])


def test_html_in_a_post_is_text(page: Page, demo_site: Any, hostile_post: str) -> None:
    sign_in(page, demo_site, TREATMENT)
    page.get_by_role("button", name="Refresh").click()
    card = page.locator(f"[data-post='{hostile_post}']")
    card.wait_for()
    assert card.locator(".fl-text").evaluate("text => text.textContent") == HOSTILE
    assert card.locator(".fl-text").inner_text().splitlines()[-1] == "second line"
    assert card.locator("script, b:not(.fl-by b), i, u, textarea").count() == 0
    expect(card.locator(".fl-chip")).to_contain_text("<i>topic</i>")
    expect(card.locator(".fl-tag")).to_have_text("#<u>tag</u>")
    # As the first page of a slate it comes with the document instead of over the socket.
    page.goto(f"{demo_site.address}/compare")
    text = page.locator(".fl-column-treatment .fl-card").first.locator(".fl-text")
    assert text.evaluate("text => text.textContent") == HOSTILE
    assert page.evaluate("window.hacked") is None


def test_compare_shows_both_columns(page: Page, demo_site: Any) -> None:
    page.goto(f"{demo_site.address}/compare")
    page.wait_for_url("**/login?next=/compare")
    sign_in(page, demo_site, OPERATOR, "/compare")
    expect(page).to_have_title("Compare · feedlab")
    expect(page.get_by_role("heading", level=1)).to_contain_text("likes")
    expect(page.get_by_text("the same person twice")).to_be_visible()
    control, treatment = page.locator(".fl-column-control"), page.locator(".fl-column-treatment")
    expect(control).to_contain_text("random shuffle")
    expect(treatment).to_contain_text("recommendations, from the")
    rates = {}
    for column in (control, treatment):
        assert column.locator(".fl-card").count() == 20
        assert column.locator(".fl-chips .fl-chip").count() >= 1
        matching, rate = column.locator(".fl-figure b").all_inner_texts()
        assert float(matching.rstrip("%")) == pytest.approx(column.locator(".fl-match").count() / 20 * 100)
        shown = [float(text.rstrip("%")) for text in column.locator(".fl-rate b").all_inner_texts()]
        assert sum(shown) / 20 == pytest.approx(float(rate.rstrip("%")), abs=0.11)
        rates[column] = float(rate.rstrip("%"))
    ratio = float(page.locator(".fl-verdict-figure").inner_text().rstrip("\N{MULTIPLICATION SIGN}"))
    assert ratio == pytest.approx(rates[treatment] / rates[control], rel=0.05, abs=0.06)
    left, right = control.bounding_box(), treatment.bounding_box()
    assert left and right and left["x"] + left["width"] <= right["x"]

    before = control.locator(".fl-text").all_inner_texts()
    page.get_by_role("button", name="New slates").click()
    eventually(lambda: control.locator(".fl-text").all_inner_texts() not in ([], before), "another shuffle")
    assert control.locator(".fl-card").count() == 20


@pytest.fixture
def only_a_person(demo_site: Any) -> Iterator[str]:
    """An account that is, for a while, one of the synthetic people."""
    with psycopg.connect(demo_site.database_url, autocommit=True) as connection:
        role = connection.execute("SELECT role FROM users WHERE email = %s", [CONTROL]).fetchone()
        assert role is not None
        try:
            yield CONTROL
        finally:
            connection.execute("UPDATE users SET role = %s WHERE email = %s", [role[0], CONTROL])


def test_compare_is_not_for_everybody(
    page: Page, demo_site: Any, only_a_person: str, problems: list[str]
) -> None:
    sign_in(page, demo_site, only_a_person)
    with psycopg.connect(demo_site.database_url) as connection:
        connection.execute("UPDATE users SET role = 'person' WHERE email = %s", [only_a_person])
    answer = page.goto(f"{demo_site.address}/compare")
    assert answer is not None and answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not for this account")
    forgive(problems, "403")
    page.get_by_role("button", name="Sign in as somebody else").click()
    page.wait_for_url("**/login?next=%2Fcompare")


def test_colours_follow_the_system_until_somebody_chooses(page: Page, demo_site: Any) -> None:
    def background() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    page.emulate_media(color_scheme="light")
    page.goto(f"{demo_site.address}/login")
    light = background()
    page.emulate_media(color_scheme="dark")
    eventually(lambda: background() != light, "dark colours")
    page.get_by_role("button", name="Switch between light and dark").click()
    assert background() == light
    page.reload()
    assert background() == light  # it is remembered
    page.get_by_role("button", name="Switch between light and dark").click()
    assert background() != light


def test_a_narrow_screen_does_not_scroll_sideways(page: Page, demo_site: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})

    def width() -> int:
        return int(page.evaluate("document.documentElement.scrollWidth"))

    page.goto(f"{demo_site.address}/login")
    page.get_by_label("Email").wait_for()
    assert width() == 360
    sign_in(page, demo_site, OPERATOR)
    assert width() == 360
    page.goto(f"{demo_site.address}/compare")
    page.locator(".fl-card").first.wait_for()
    assert width() == 360
    columns = [page.locator(f".fl-column-{name}").bounding_box() for name in ("control", "treatment")]
    assert columns[0] and columns[1] and columns[0]["y"] + columns[0]["height"] <= columns[1]["y"]


def test_what_is_no_page_and_what_is_the_api(page: Page, demo_site: Any, problems: list[str]) -> None:
    answer = page.goto(f"{demo_site.address}/nothing/here")
    assert answer is not None and answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    forgive(problems, "404")
    for path, status in (("/api/nothing", 404), ("/api/track", 405)):
        reply = page.request.get(demo_site.address + path)
        assert reply.status == status and reply.json()["error"]


@pytest.fixture
def console_alone(demo_site: Any) -> Iterator[Callable[[str], str]]:
    """Starts ``feedlab console`` over an API and gives its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(api: str) -> str:
        port = free_port()
        code = "from feedlab.console.mount import run_console; import sys; run_console(sys.argv[1], host='127.0.0.1', port=int(sys.argv[2]))"
        process = subprocess.Popen(
            [sys.executable, "-c", code, api, str(port)], env=os.environ | {"PYTHONPATH": "src"}
        )
        started.append(process)

        def listens() -> bool:
            assert process.poll() is None, "the console ended"
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        eventually(listens, "the console listens", 60)
        return f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in (0, 130, -signal.SIGINT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_console_of_its_own(page: Page, demo_site: Any, console_alone: Callable[[str], str]) -> None:
    site = type("Site", (), {"address": console_alone(demo_site.address), "passwords": demo_site.passwords})
    sign_in(page, site, CONTROL)
    first = post_ids(page)[0]
    page.locator(".fl-card").first.get_by_role("button", name="Like").click()
    eventually(lambda: interactions(demo_site, CONTROL, first, "like"), "the like is stored")
    assert page.locator("img.fl-avatar").first.evaluate("image => image.naturalWidth") > 0
    # The client that asks for everybody must not have kept the session of one.
    stranger = page.context.browser.new_context() if page.context.browser else None
    assert stranger is not None
    assert stranger.request.get(f"{site.address}/api/auth/me").status == 401
    other = stranger.new_page()
    other.goto(f"{site.address}/feed")
    assert "/login" in other.url
    stranger.close()


def test_a_console_without_an_api_says_how_to_start_it(
    page: Page, console_alone: Callable[[str], str], problems: list[str]
) -> None:
    address = console_alone(f"http://127.0.0.1:{free_port()}")
    answer = page.goto(f"{address}/feed")
    assert answer is not None and answer.status == 503
    expect(page.get_by_role("heading", level=1)).to_have_text("The API does not answer")
    expect(page.get_by_text("feedlab serve")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The API does not answer")
    forgive(problems, "503")
