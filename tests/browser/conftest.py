"""Chromium on a live server. A test asks for `page` (and `live_server`, or serves its own app).

A page fails its test on any console error, unless the test says it expects one
(`page.expected_errors.append("409")`). `check_access(page)` runs axe-core's A and AA rules.
Set SANWEI_SHOTS to a folder to keep pictures taken with `shot(page, name)`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from sanwei_flow import web
from sanwei_flow.accounts.actor import SYSTEM
from sanwei_flow.accounts.models import User
from sanwei_flow.accounts.operations import actor_of
from sanwei_flow.accounts.sessions import open_session
from sanwei_flow.db import db, transaction
from sanwei_flow.designs.operations import install_shipped
from sanwei_flow.plans import operations, queries
from tests.browser.serving import serving
from tests.journeys.documents import DIVIDED, UNDIVIDED, County, make_county

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
MANIFEST = ROOT / "sanwei_flow" / "static" / "dist" / "manifest.json"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


#: A page at a desk by day, and in a hand by night.
WIDTHS = pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])

# A browser that leaves a page drops requests, and the files they wanted stay unclosed.
ABANDONED = (
    "ignore:unclosed file .*static:ResourceWarning",
    "ignore:Exception ignored in.*static:pytest.PytestUnraisableExceptionWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            for warning in ABANDONED:
                item.add_marker(pytest.mark.filterwarnings(warning))


def find_chromium() -> str:
    """Chromium's path: SANWEI_CHROMIUM, else whatever the machine calls it."""
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    found = os.environ.get("SANWEI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not found:
        pytest.skip("no Chromium on this machine (`make test` installs it)")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not MANIFEST.exists():
        pytest.fail("the front end is not built: run `make setup`")
    path = find_chromium()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A button is pressed once its page has its scripts; Playwright would press it at once."""
    click = Locator.click

    def press(self: Locator, **options: Any) -> None:
        self.page.wait_for_load_state("domcontentloaded")
        click(self, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", press)
        yield


@pytest.fixture
def live_server(app: Flask, database: None) -> Iterator[str]:
    """The application on a free port; yields its address. Tables are emptied afterwards."""
    with serving(app) as address:
        yield address


@pytest.fixture
def county(live_server: str) -> County:
    with transaction():
        county = make_county()
        install_shipped(by=SYSTEM, at=web.now())
    return county


@pytest.fixture
def plans(county: County) -> tuple[int, int]:
    """Two plans: one running, one without units."""
    office, at = actor_of(county.office), web.now()
    with transaction():
        running = operations.import_plan("1.txt", DIVIDED.encode(), by=office, at=at)
        open_name = next(used for used in queries.used_names(running) if used.open)
        operations.settle_unit(running.id, open_name.mention.id, drop=True, by=office, at=at)
    with transaction():
        operations.launch(running.id, by=office, at=at)
        draft = operations.import_plan("2.txt", UNDIVIDED.encode(), by=office, at=at)
    return running.id, draft.id


class Watch:
    """Collects what goes wrong on a page."""

    def __init__(self) -> None:
        self.expected: list[str] = []
        self.found: list[str] = []

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"{page.url}: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # A lost connection is the server going away at the end of a test, no fault of the page.
        lost = "ERR_CONNECTION_" in message.text or "ERR_SOCKET_" in message.text
        if message.type == "error" and not lost:
            self.found.append(f"{message.location.get('url')}: {message.text}")

    def unexpected(self) -> list[str]:
        """Console errors that no `expected` word explains."""
        return [text for text in self.found if not any(word in text for word in self.expected)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Makes pages of separate browsers (one per person): `new_page(width=390, theme="dark")`."""
    contexts = []

    def make(width: int = 1280, height: int = 860, theme: str = "light", **options: Any) -> Page:
        options = {"viewport": {"width": width, "height": height}, "locale": "zh-CN", **options}
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if theme == "dark":
            context.add_cookies(
                [{"name": "theme", "value": "dark", "domain": "127.0.0.1", "path": "/"}]
            )
        page = context.new_page()
        watch.attach(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page()


def check_access(page: Page, *, exclude: tuple[str, ...] = (".djs-container",)) -> None:
    """Assert that axe-core finds no violation of WCAG 2 A and AA on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """(exclude) => axe.run({exclude: exclude.map((one) => [one])},
            {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
            .then(({violations}) => violations.map(({id, help, nodes}) =>
                `${id}: ${help}: ${nodes.slice(0, 5).map(({target, failureSummary}) =>
                    target + " " + failureSummary).join(" | ")}`))""",
        list(exclude),
    )
    assert found == []


def check_width(page: Page) -> None:
    """Assert that nothing sticks out: the page itself never scrolls sideways."""
    width = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert width[0] <= width[1], f"{page.url} is {width[0]} wide on {width[1]}"


def shot(page: Page, name: str, *, full: bool = False) -> None:
    """Keep a picture if SANWEI_SHOTS names a folder."""
    folder = os.environ.get("SANWEI_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=full)


def log_in(page: Page, address: str, username: str, password: str) -> None:
    """Sign in through the log-in page."""
    page.goto(f"{address}/login")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("button.btn-primary")
    page.wait_for_url(lambda url: "/login" not in url)


def sign_in(page: Page, app: Flask, address: str, username: str) -> None:
    """Give the browser an open session of this person, without the costly password."""
    with app.app_context():
        user = db.session.scalars(db.select(User).where(User.username == username)).one()
        with transaction():
            token = open_session(user, at=web.now())
        db.session.remove()
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    name = app.config["SESSION_COOKIE_NAME"]
    value = serializer.dumps({"_user_id": token})
    page.context.add_cookies([{"name": name, "value": value, "url": address}])
    page.goto(address)
