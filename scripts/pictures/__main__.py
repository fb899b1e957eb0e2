"""Take the pictures of docs/screenshots, from nothing but the repository.

    .venv/bin/python -m scripts.pictures

loads the demo county into SANWEI_INSTANCE (`instance/pictures` if unset; a loaded one is used
as it is), copies it, brings about in the copy what a county has only now and then (a draft, a
process that stands still, a plan coming to its end), serves it, opens every page and lists the
pictures in docs/screenshots/README.md. Names given as arguments take only those pictures.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from sanwei_flow import create_app
from sanwei_flow.config import ROOT, load_config
from scripts.pictures.gallery import write_gallery
from scripts.pictures.shots import SHOTS, pages_without
from scripts.pictures.states import World
from scripts.pictures.taking import Camera


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_given: object, **_more: object) -> None:
        """Say nothing: the pictures taken are listed."""


def main(names: list[str]) -> int:
    """Take the pictures; returns how many could not be taken."""
    if missing := pages_without():
        sys.exit(f"no picture shows {', '.join(missing)}: add them to scripts/pictures/shots.py")
    wanted = set(names) or {shot.name for shot in SHOTS}
    with tempfile.TemporaryDirectory() as folder:
        app = _app(shutil.copytree(_county(), folder, dirs_exist_ok=True))
        with app.app_context():
            world = World(app, Path(folder))
            world.begin()
        with _serving(app) as address, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(
                executable_path=os.environ.get("SANWEI_CHROMIUM") or shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            failed = Camera(chromium, address, world).take(SHOTS, wanted)
            chromium.close()
    write_gallery(SHOTS)
    return failed


def _county() -> str:
    """The folder of a loaded demo county; loads one where there is none."""
    folder = os.environ.get("SANWEI_INSTANCE", str(ROOT / "instance" / "pictures"))
    runner = _app(folder).test_cli_runner()
    for command in (["db", "upgrade"], ["demo", "load"]):
        answer = runner.invoke(args=command)
        if answer.exit_code:
            sys.exit(f"flask {' '.join(command)}: {answer.output or answer.exception}")
    return folder


def _app(folder: str) -> Flask:
    """The application on the embedded database of this folder, without a runner of its own."""
    database = f"sqlite:///{folder}/sanwei.db"
    given = {"instance_path": Path(folder), "database_url": database, "runner": False}
    return create_app(load_config(**given))


@contextmanager
def _serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
