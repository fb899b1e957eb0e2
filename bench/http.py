"""Acts over HTTP: one worker with the real application, browsers of somebody who logged in."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import text

from bench.scene import Scene
from sanwei_flow.db import db
from tests.factories import PASSWORD

#: A worker is not measured by one browser that waits for it: most of the time nobody would work.
BROWSERS = 8
ROOT = Path(__file__).resolve().parent.parent
ANSWERS = {
    "part_report": {"action": "submit", "summary": "已完成全部工作"},
    "unit_review": {"action": "return", "comment": "请补充数字"},
}


class Browser:
    """Keeps the connection, the cookies and the CSRF token, as a browser does."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({"csrf_token": self.token, **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        self.token = found.group(1) if found else self.token
        return answer.status, page

    def like(self, other: "Browser") -> None:
        """Go on as another window of the same browser; the server hung up meanwhile."""
        self.connection.close()
        self.cookies, self.token = dict(other.cookies), other.token


@contextmanager
def server(scene: Scene) -> Iterator[list[Browser]]:
    """Serve the scene's database; yields browsers whose person has logged in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DATABASE_URL": scene.address, "SANWEI_INSTANCE": folder}
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
        command += ["--workers", "1", "--blocking-threads", "4", "--no-ws"]
        command += ["--log-level", "warning", "wsgi:app"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            first = _first_answer(port)
            _log_in(first, scene)
            yield [first, *(Browser(port) for _ in range(BROWSERS - 1))]
        finally:
            process.terminate()
            process.wait(30)


def _first_answer(port: int) -> Browser:
    for _ in range(150):
        try:
            browser = Browser(port)
            browser.ask("GET", "/login")
        except ConnectionError:
            time.sleep(0.2)
        else:
            return browser
    raise RuntimeError("the server does not answer")


def _log_in(browser: Browser, scene: Scene) -> None:
    status, _ = browser.ask("POST", "/login", {"username": scene.username, "password": PASSWORD})
    if status != 302:
        raise RuntimeError(f"log-in answered {status}")
    browser.ask("GET", "/")


def acts(browsers: list[Browser], scene: Scene, count: int) -> float:
    """Post the forms of `count` tasks, each browser the next one; seconds per act."""
    ids, scene.posts[:count] = scene.posts[:count], []
    with scene.app.app_context():
        query = text("select id, node, instance_id from task where id = any(:ids)")
        rows = {row.id: row for row in db.session.execute(query, {"ids": ids})}
        db.session.remove()
        for browser in browsers:
            browser.like(browsers[0])
            browser.ask("GET", "/")
        forms = [
            (one, {"idempotency_key": f"http-{one}", **ANSWERS[rows[one].node]}) for one in ids
        ]
        begun = time.perf_counter()
        with ThreadPoolExecutor(len(browsers)) as people:
            list(people.map(partial(_post, iter(forms)), browsers))
        spent = time.perf_counter() - begun
        instances = [row.instance_id for row in rows.values()]
        query = text("select id from task where status = 'open' and instance_id = any(:ids)")
        scene.posts += db.session.scalars(query, {"ids": instances}).all()
        db.session.remove()
    return spent / count


def _post(forms: Iterator[tuple[int, dict[str, str]]], browser: Browser) -> None:
    cookies = dict(browser.cookies)
    for task_id, form in forms:
        # A browser shows each message on the next page; here nobody opens one, and the
        # messages would pile up in the cookie.
        browser.cookies = dict(cookies)
        status, page = browser.ask("POST", f"/tasks/{task_id}", form)
        if status != 302:
            raise RuntimeError(f"acting answered {status}: {page[:2000]}")
