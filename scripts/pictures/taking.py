"""Opening a page the way its shot says, and looking at it in four ways."""

import io
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from flask import Flask, template_rendered
from jinja2 import Template
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from sanwei_flow.config import ROOT
from sanwei_flow.demo.county import PASSWORD
from scripts.pictures.states import World

OUT = ROOT / "docs" / "screenshots"
LONGEST = 1500
QUALITY = 42
#: A page is shown as long as it is: what sticks to the window's edge stands at its own place.
STYLE = ".action-bar { position: static !important; }"
#: Dots per inch of the printed sheet; the first one is shown.
DOTS = 100


@dataclass(frozen=True)
class Look:
    """How a page is looked at; `name` ends the file's name."""

    name: str
    title: str
    width: int
    height: int
    scheme: str = "light"
    media: str = "screen"


LOOKS = (
    Look("desk", "Desktop", 1280, 800),
    Look("phone", "Phone", 390, 844),
    Look("dark", "Dark", 1280, 800, scheme="dark"),
    Look("print", "Print", 1280, 800, media="print"),
)


@dataclass(frozen=True)
class Shot:
    """A page: who opens it, where, which links and clicks lead on from there."""

    name: str
    title: str
    who: str
    #: `{name}` stands for what the world calls by that name.
    path: str
    #: The page's template: its path below `templates/`, without the ending.
    shows: str
    #: CSS selectors of links to follow, one after the other.
    then: tuple[str, ...] = ()
    #: Clicks that lead to a page without an address of its own; it is not loaded anew.
    act: Callable[[Page], None] | None = None
    #: What must have happened before, in this and in all later pictures.
    before: Callable[[World], None] | None = None
    #: What the page answers.
    status: int = 200
    #: Milliseconds until drawings and charts stand still.
    wait: int = 300


class Camera:
    """Takes pictures of a served world, everybody with a browser window of their own."""

    def __init__(self, chromium: Browser, address: str, world: World, out: Path = OUT) -> None:
        self.chromium, self.address, self.world, self.out = chromium, address, world, out
        self.windows: dict[str, BrowserContext] = {}
        self.rendered: set[str] = set()
        template_rendered.connect(self._note, world.app)
        out.mkdir(parents=True, exist_ok=True)

    def take(self, shots: Iterable[Shot], wanted: set[str]) -> int:
        """Take the wanted ones, in order; returns how many failed (the rest is worth having)."""
        failed = 0
        for shot in shots:
            self.rendered.clear()
            if shot.before is not None:
                with self.world.app.app_context():
                    shot.before(self.world)
            if shot.name not in wanted:
                continue
            try:
                self._take(shot)
                print(shot.name, flush=True)
            except (PlaywrightError, RuntimeError, AssertionError) as error:
                failed += 1
                print(f"{shot.name}: {str(error)[:800]}", file=sys.stderr, flush=True)
        return failed

    def _note(self, _app: Flask, template: Template, **_context: object) -> None:
        self.rendered.add(template.name or "")

    def _take(self, shot: Shot) -> None:
        # A window for each: a form half filled in would ask before it is left.
        page = self._window(shot.who).new_page()
        try:
            self._look_at(page, shot)
        finally:
            page.close()
        if f"{shot.shows}.html" not in self.rendered:
            raise RuntimeError(f"showed {sorted(self.rendered)}, not {shot.shows}")

    def _look_at(self, page: Page, shot: Shot) -> None:
        _look(page, LOOKS[0])
        self._open(page, shot)
        for look in LOOKS:
            _look(page, look)
            if shot.act is None:
                self._goto(page, page.url, shot)
            page.wait_for_timeout(shot.wait)
            _expose(page, look, self.out / f"{shot.name}-{look.name}.jpg")

    def _open(self, page: Page, shot: Shot) -> None:
        address = shot.path.format_map(self.world.places)
        for link in shot.then:
            page.goto(address)
            address = page.locator(link).first.get_attribute("href", timeout=5000) or ""
        self._goto(page, address, shot)
        if shot.act is not None:
            shot.act(page)

    def _goto(self, page: Page, address: str, shot: Shot) -> None:
        answer = page.goto(address)
        if not address.startswith("file:") and (answer is None or answer.status != shot.status):
            raise RuntimeError(f"{address}: {answer and answer.status}")

    def _window(self, who: str) -> BrowserContext:
        if who not in self.windows:
            window = self.chromium.new_context(base_url=self.address, locale="zh-CN")
            window.set_default_timeout(15_000)
            self.windows[who] = window
            if who:
                page = window.new_page()
                page.goto("/login")
                page.fill("input[name=username]", who)
                page.fill("input[name=password]", PASSWORD)
                page.press("input[name=password]", "Enter")
                page.wait_for_url(lambda url: "/login" not in url)
                page.close()
        return self.windows[who]


def _look(page: Page, look: Look) -> None:
    page.emulate_media(media=look.media, color_scheme=look.scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": look.width, "height": look.height})


def _expose(page: Page, look: Look, path: Path) -> None:
    if look.media == "print":
        # What comes out of the printer, not what the screen makes of its rules.
        with pdfplumber.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as paper:
            sheet = paper.pages[0].to_image(resolution=DOTS, antialias=True).original
        sheet.convert("RGB").save(path, quality=QUALITY, optimize=True)
        return
    height = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
    page.screenshot(
        path=path,
        type="jpeg",
        quality=QUALITY,
        full_page=True,
        style=STYLE,
        clip={"x": 0, "y": 0, "width": look.width, "height": max(height, look.height)},
    )
