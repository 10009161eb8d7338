"""A real server on loopback that does what it is told, and keeps what it was sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from bosun.kernel import stamps
from tests.kernel.world import create


@dataclass
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Outside:
    """The server: `answers` are (status, headers, body), the last one again and again; or a callable for an odd one."""

    port: int = 0
    heard: list[Sent] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=lambda: [(200, {}, b"ok")])
    odd: Callable[[BaseHTTPRequestHandler], None] | None = None
    over: Event = field(default_factory=Event)

    @property
    def place(self) -> str:
        """Its host and port."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{self.place}/hook"

    def allow(self) -> None:
        """Let an administrator allow it."""
        create("allowed_hosts", host=self.place)
        stamps.refresh()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Keep a request, and answer it."""
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        heads = {name.lower(): value for name, value in request.headers.items()}
        self.heard.append(Sent(request.command, request.path, heads, body))
        if self.odd is not None:
            self.odd(request)
            return
        status, headers, said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        request.send_response(status)
        for name, value in {"Content-Length": str(len(said)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(said)


@contextmanager
def serving() -> Iterator[Outside]:
    """The server, while it runs."""
    about = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            about.handle(self)

        def do_POST(self) -> None:
            about.handle(self)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    about.port = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield about
    finally:
        about.over.set()
        server.shutdown()
        server.server_close()


def mute(about: Outside) -> Callable[[BaseHTTPRequestHandler], None]:
    """Takes every call, and never says a word."""

    def never(_request: BaseHTTPRequestHandler) -> None:
        about.over.wait(60)

    return never


def drip(about: Outside) -> Callable[[BaseHTTPRequestHandler], None]:
    """A tar pit: a byte now and then, for ever."""

    def slowly(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        until = time.monotonic() + 30
        while time.monotonic() < until and not about.over.wait(0.05):
            try:
                request.wfile.write(b"x")
            except OSError:
                return

    return slowly
