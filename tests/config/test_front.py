"""The front of a web process: what it passes on, and what it does not take."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from bosun.config.front import Front
from bosun.lib import openfiles
from bosun.platform.accounts import requests

Given = dict[str, Any]


class Wire:
    """granian's side of a request: a body in pieces, and the answer."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.taken = 0
        self.answer: tuple[int, bytes] | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = (status, body)


def asked(pieces: list[bytes], most: int, **headers: str) -> tuple[Wire, Given, bytes]:
    """One POST through the front: the wire, what Django was given, and the body it could read."""
    seen: list[tuple[Given, bytes]] = []

    def pages(given: Given, start: Callable[..., Any]) -> Iterable[bytes]:
        seen.append((given, given["wsgi.input"].read()))
        start("200 OK", [])
        return [b"made"]

    wire = Wire(pieces)
    scope = SimpleNamespace(
        path="/customers/new", method="POST", headers=headers, query_string="", server="127.0.0.1:80", scheme="http",
        client="127.0.0.1:9", http_version="1.1", authority="127.0.0.1",
    )  # fmt: skip

    async def once() -> None:
        front = Front(pages, 1, most)
        await front.__rsgi__(scope, wire)
        await asyncio.sleep(0)
        front.pool.shutdown()

    # Playwright leaves its event loop running in the thread of the tests.
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, once()).result()
    return wire, *seen[0]


def test_a_body_arrives_whole() -> None:
    wire, given, body = asked([b"name=", b"Oak"], 8, **{"content-length": "8"})
    assert (wire.answer, body, "bosun.too_large" in given) == ((200, b"made"), b"name=Oak", False)


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    wire, given, body = asked([b"name=", b"Oaks"], 8, **{"content-length": "9"})
    assert (wire.taken, body, given["bosun.too_large"]) == (0, b"", "1")


def test_a_body_in_pieces_is_read_no_further_than_the_limit() -> None:
    wire, given, body = asked([b"x" * 5] * 100, 8, **{"transfer-encoding": "chunked"})
    assert (wire.taken, body, given["bosun.too_large"]) == (2, b"", "1")


@pytest.mark.django_db
def test_a_page_says_that_it_was_too_much() -> None:
    said = Client().post("/customers/new", headers={"Accept-Language": "es"}, **{"bosun.too_large": "1"})  # type: ignore[arg-type]
    assert said.status_code == 413
    assert "Es más grande de lo que se admite de una vez." in said.content.decode()


@pytest.mark.django_db
def test_a_program_is_told_so_too() -> None:
    said = Client().post("/api/v1/customers", **{"bosun.too_large": "1"})  # type: ignore[arg-type]
    assert (said.status_code, said.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(("limit", "scarce"), [(10**6, False), (openfiles.SPARE, True)])
def test_the_next_number_tells_whether_files_are_left(limit: int, scarce: bool) -> None:
    assert openfiles.scarce(limit) is scarce


def test_whoever_comes_when_no_file_is_left_is_told_so_at_once() -> None:
    """F2.04: Django is not asked, as it could open nothing."""
    for path, kind, words in (
        ("/day", "text/plain; charset=utf-8", "忙"),
        ("/api/v1/me", "application/problem+json", "503"),
    ):
        status, headers, body = openfiles.busy(path)
        assert (status, dict(headers)["content-type"], dict(headers)["retry-after"]) == (503, kind, "5")
        assert words in body.decode()


def test_a_failure_is_known_as_one_for_want_of_files_whoever_met_it() -> None:
    plain = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    wrapped = OperationalError("connection failed: could not create socket: Too many open files")
    try:
        try:
            raise plain
        except OSError:
            raise ValueError("the page could not be drawn") from None
    except ValueError as error:
        drawn = error
    for fault, out in (
        (plain, True),
        (wrapped, True),
        (drawn, True),
        (OSError(errno.ENOENT, "no"), False),
        (None, False),
    ):
        assert openfiles.ran_out(fault) is out


def test_every_codec_is_there_before_files_are_scarce() -> None:
    """Python remembers for good that it could not open one: a process that recovered would fail at each refusal."""
    loaded = {name.rpartition(".")[2] for name in sys.modules if name.startswith("encodings.")}
    assert {"unicode_escape", "idna", "gb18030", "big5", "cp1252", "utf_8_sig"} <= loaded


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "begins"), [("/customers", b"<!doctype html>"), ("/api/v1/customers", b'{"type": "about:blank"')]
)
def test_a_database_that_is_away_before_a_view_begins(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, begins: bytes
) -> None:
    """PostgreSQL's client says nothing about files where it could not make a socket."""

    def refused(*_given: Any) -> None:
        raise OperationalError("connection is bad: no error details available")

    monkeypatch.setattr(requests.ActorMiddleware, "_find", refused)
    client.raise_request_exception = False
    answer = client.get(path)
    assert (answer.status_code, answer.content.startswith(begins)) == (503, True)
