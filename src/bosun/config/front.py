"""The one origin of a web process: Django's pages in threads, and the event stream on the loop that holds them all.

granian calls this through RSGI. A page costs a thread while it is made; an open stream costs a few kilobytes.
"""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings

from bosun.config.wsgi import application
from bosun.lib import openfiles
from bosun.platform.files.store import TOO_LARGE
from bosun.web import stream

SPOOLED = 1024 * 1024
AT_ONCE = 256 * 1024

Headers = list[tuple[str, str]]


class Front:
    """What granian calls for each request."""

    def __init__(self, pages: Callable[..., Iterable[bytes]], threads: int, most: int) -> None:
        self.pages = pages
        self.most = most
        self.files = openfiles.most()
        self.hub = stream.Hub()
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="pages")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """One request."""
        if openfiles.scarce(self.files):
            protocol.response_bytes(*openfiles.busy(scope.path))
            return
        if scope.path == stream.PATH:
            await self._stream(scope, protocol)
            return
        body, whole = await _body(scope, protocol, self.most)
        loop = asyncio.get_running_loop()
        given = environ(scope, body)
        if not whole:
            given[TOO_LARGE] = "1"
        try:
            await loop.run_in_executor(self.pool, self._page, given, protocol, loop)
        finally:
            body.close()

    def __rsgi_init__(self, loop: Any) -> None:
        """The process begins: when it is asked to end, the streams end first, or granian would wait for them."""
        theirs = getattr(loop, "_signal_handlers", {}).get(signal.SIGTERM)
        if theirs is None:
            return

        def end() -> None:
            self.hub.hang_up()
            theirs._callback(*theirs._args)

        loop.add_signal_handler(signal.SIGTERM, end)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The process ends."""
        self.hub.close()
        self.pool.shutdown(wait=False)

    async def _stream(self, scope: Any, protocol: Any) -> None:
        asked = stream.Asked(
            scope.method,
            scope.headers.get("cookie") or "",
            scope.headers.get("last-event-id") or "",
            scope.query_string,
        )
        line = await self.hub.open(asked)
        if isinstance(line, int):
            protocol.response_empty(line, [("cache-control", "no-store")])
            return
        transport = protocol.response_stream(200, stream.HEADERS)
        gone = asyncio.ensure_future(protocol.client_disconnect())
        gone.add_done_callback(lambda _done: line.end())
        try:
            async for text in line.texts():
                await transport.send_str(text)
        except (RuntimeError, OSError):
            return  # the browser has gone
        finally:
            gone.cancel()
            self.hub.leave(line)

    def _page(self, given: dict[str, Any], protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        """Let Django answer, in this thread from beginning to end: its connection to the database belongs to it."""
        begun: list[tuple[int, Headers]] = []

        def start(status: str, headers: Headers, _error: Any = None) -> Callable[[bytes], None]:
            begun[:] = [(int(status[:3]), [(name.lower(), value) for name, value in headers])]
            return lambda _chunk: None

        try:
            result = self.pages(given, start)
        except Exception as error:
            # Not even the page that tells of a failure could be made.
            if not (openfiles.ran_out(error) or openfiles.scarce(self.files)):
                raise
            loop.call_soon_threadsafe(_answer, protocol, *openfiles.busy(given["PATH_INFO"]))
            return
        try:
            _send(result, begun, protocol, loop)
        finally:
            if hasattr(result, "close"):
                result.close()


def _send(
    result: Iterable[bytes], begun: list[tuple[int, Headers]], protocol: Any, loop: asyncio.AbstractEventLoop
) -> None:
    """The whole body at once, or in pieces where it is large."""
    held = bytearray()
    transport = None
    for chunk in result:
        held += chunk
        if len(held) < AT_ONCE:
            continue
        if transport is None:
            transport = _wait(_begin(protocol, *begun[0]), loop)
        _wait(transport.send_bytes(bytes(held)), loop)
        held.clear()
    if transport is None:
        loop.call_soon_threadsafe(_answer, protocol, *begun[0], bytes(held))
    elif held:
        _wait(transport.send_bytes(bytes(held)), loop)


def _answer(protocol: Any, status: int, headers: Headers, body: bytes) -> None:
    with suppress(RuntimeError):  # the browser has gone
        protocol.response_bytes(status, headers, body)


async def _begin(protocol: Any, status: int, headers: Headers) -> Any:
    return protocol.response_stream(status, headers)


def _wait(coming: Any, loop: asyncio.AbstractEventLoop) -> Any:
    async def step() -> Any:
        return await coming

    return asyncio.run_coroutine_threadsafe(step(), loop).result()


async def _body(scope: Any, protocol: Any, most: int) -> tuple[Any, bool]:
    """What was sent, in memory while it is small; nothing, and False, where it is more than `most` bytes."""
    said = scope.headers.get("content-length") or ""
    if said.isdecimal() and int(said) > most:
        return io.BytesIO(), False
    if scope.method in ("GET", "HEAD") and not said:
        return io.BytesIO(), True
    held = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 - closed when the request is answered
    async for chunk in protocol:
        held.write(chunk)
        if held.tell() > most:  # sent in pieces, without saying how much would come
            held.close()
            return io.BytesIO(), False
    held.seek(0)
    return held, True


def environ(scope: Any, body: Any) -> dict[str, Any]:
    """A request as WSGI has it."""
    host, _colon, port = scope.server.rpartition(":")
    found: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        # A name with an underscore would pass for the one with a hyphen that a proxy sets.
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joint}{value}" if key in found else value
    if scope.authority and "HTTP_HOST" not in found:
        found["HTTP_HOST"] = scope.authority
    return found


# Whoever comes first would wait for it; and where open files are scarce it could not be loaded any more.
import_module(settings.ROOT_URLCONF)
openfiles.load_codecs()
app = Front(application, int(os.environ.get("BOSUN_WEB_THREADS") or 4), settings.BOSUN_REQUEST_MAX_BYTES)
