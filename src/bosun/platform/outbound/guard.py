"""Which addresses may be called: anything outside, and the hosts inside that an administrator has allowed.

A name is resolved once and connected to under the very address that was checked, so that no second answer of the
resolver leads elsewhere. Everything that cannot be reached is said in the same words, whatever the reason.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Thread
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.utils.translation import gettext as _

from bosun.kernel import stamps
from bosun.lib import netplace, weblink
from bosun.lib.weblink import WeblinkError
from bosun.platform.outbound.models import AllowedHost

Resolver = Callable[[str, int], list[str]]
FORBIDDEN = frozenset(("localhost", "localhost.localdomain"))
LONGEST = 2048
SILENCE = 5.0
"""Seconds to take a call, and as many to begin an answer: whoever needs longer holds others up."""


class Unreachable(Exception):
    """It cannot be called: not an address, forbidden, not there, or silent; nobody is told which of them."""


def refusal() -> str:
    """What is said of an address that may not be called."""
    return _(
        "This address cannot be called. Give one that begins with https:// and lies outside, or have an administrator "
        "add its host under Settings › Allowed hosts."
    )


@dataclass(frozen=True)
class Target:
    """An address that may be tried."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What headers with secrets in them are for."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The host as it is sent."""
        return self.host if netplace.DEFAULT_PORTS[self.scheme] == self.port else f"{self.host}:{self.port}"


def target(url: str) -> Target:
    """A http or https address in its normal form; Unreachable for all else, and where its host is plainly inside."""
    if not url.lower().startswith(("http://", "https://")) or len(url) > LONGEST:
        raise Unreachable
    try:
        parts = urlsplit(weblink.normalise(url))
    except WeblinkError:
        raise Unreachable from None
    host = parts.hostname or ""
    number = netplace.literal(host)
    if number is not None:
        host = netplace.bracketed(number)
    port = netplace.DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(f"{parts.scheme}://{parts.netloc}{path}", parts.scheme, host, port, path)
    inside = (
        host in FORBIDDEN or host.endswith(".localhost") or (number is not None and not netplace.is_outside(number))
    )
    if port == 0 or (inside and not is_allowed(host, port)):
        raise Unreachable
    return found


def is_allowed(host: str, port: int) -> bool:
    """Whether an administrator has allowed a host inside; without a port, those of http and https are meant."""
    known: frozenset[str] = stamps.cached("outbound", "", _allowed)
    return f"{host}:{port}" in known or (port in netplace.DEFAULT_PORTS.values() and host in known)


def _allowed() -> frozenset[str]:
    return frozenset(AllowedHost.objects.filter(deleted_at__isnull=True).values_list("host", flat=True))


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses of a name, as the machine knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve(host: str, port: int, resolver: Resolver, seconds: float) -> list[str]:
    """The addresses under which a host may be called; Unreachable when one of them is forbidden."""
    plain = host.strip("[]")
    number = netplace.literal(plain)
    found = [str(number)] if number is not None else _within(seconds, resolver, plain, port)
    known = host if number is None else netplace.bracketed(number)
    try:
        if not found or not (is_allowed(known, port) or all(netplace.is_outside(ip_address(each)) for each in found)):
            raise Unreachable
    except ValueError:
        raise Unreachable from None
    return found


def _within(seconds: float, resolver: Resolver, host: str, port: int) -> list[str]:
    """Ask the resolver in a thread of its own: the system's has no time limit that could be set."""
    answer: Future[list[str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)

    Thread(target=ask, daemon=True).start()
    try:
        return answer.result(max(0.0, seconds))
    except (OSError, UnicodeError, TimeoutError):
        raise Unreachable from None


class Limited(httpcore.NetworkStream):
    """A connection that ends when the time is over, however slowly something trickles in; soon where nothing does."""

    def __init__(self, stream: httpcore.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until
        self._answers = False

    def _left(self) -> float:
        left = self._until - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        found = self._stream.read(max_bytes, self._left() if self._answers else min(self._left(), SILENCE))
        self._answers = True
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), 16_384):
            self._stream.write(buffer[start : start + 16_384], self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        shaken = self._stream.start_tls(ssl_context, server_hostname, min(self._left(), SILENCE))
        return Limited(shaken, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Checked(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, and to nothing else."""

    def __init__(self, until: float, resolver: Resolver) -> None:
        self._until, self._resolver, self._plain = until, resolver, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        until = min(self._until, monotonic() + SILENCE)
        addresses = resolve(host, port, self._resolver, until - monotonic())
        for number, address in enumerate(addresses[:4], 1):
            left = until - monotonic()
            try:
                stream = self._plain.connect_tcp(
                    address, port, max(0.01, left / 2 if number < len(addresses) else left)
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            return Limited(stream, self._until)
        raise Unreachable
