"""The outside, in this process: a web server and a mail server that keep what they are sent."""

import contextlib
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Web:
    """`answers` are given one after another, the last one for good: (status, body, headers)."""

    url: str
    received: list["Posted"] = field(default_factory=list)
    answers: list[tuple[int, str, dict[str, str]]] = field(
        default_factory=lambda: [(200, "{}", {})]
    )

    def answer(self, status: int, body: str = "", **headers: str) -> None:
        self.answers = [(status, body, headers)]


@dataclass
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@contextmanager
def web_sink() -> Iterator[Web]:
    kept: list[Web] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink = kept[0]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sink.received.append(Posted(self.path, dict(self.headers), body))
            status, text, headers = sink.answers[0]
            if len(sink.answers) > 1:
                sink.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        kept.append(Web(f"http://127.0.0.1:{port}"))
        yield kept[0]


@dataclass
class Post:
    """A mail server; `refuses` makes it turn recipients away."""

    port: int
    received: list[str] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def mail_sink() -> Iterator[Post]:
    kept: list[Post] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 sink")
            with contextlib.suppress(ConnectionError):
                while line := self.rfile.readline():
                    if not self._reply(line.decode().strip().upper()):
                        return

        def _reply(self, line: str) -> bool:
            if line.startswith("RCPT") and kept[0].refuses:
                self._say("550 nobody here")
            elif line.startswith("DATA"):
                self._say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                kept[0].received.append(b"".join(lines).decode())
                self._say("250 taken")
            else:
                self._say("221 bye" if line == "QUIT" else "250 fine")
            return line != "QUIT"

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with _serving(server) as port:
        kept.append(Post(port))
        yield kept[0]


@contextmanager
def _serving(server: socketserver.TCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
