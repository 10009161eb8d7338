"""Web addresses that are safe to offer as links."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from bosun.lib import text
from bosun.lib.hosts import HostError, host_to_ascii, host_to_unicode

_LONGEST = 2048
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_HOST_AND_PORT = re.compile(r"[^:/?#\s]+:\d{1,5}(?:[/?#]|$)")
_PLAIN = re.compile(r"[ -~]+")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_KEPT = "/%:@!$&'()*+,;=-._~?#[]"


class WeblinkError(ValueError):
    """A text that is no web address; `code` is "empty", "too_long", "control", "scheme", "host" or "login"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _host(parts: SplitResult, *, schemeless: bool) -> str:
    try:
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise WeblinkError("host") from None
    try:
        if not (name[-1:].isdigit() or ":" in name):
            raise ValueError  # cannot be an address in figures, which is dear to find out otherwise
        address = ipaddress.ip_address(name)
        host = f"[{address}]" if address.version == 6 else str(address)
    except ValueError:
        try:
            host = host_to_ascii(name)
        except HostError:
            raise WeblinkError("host") from None
        if schemeless and "." not in host:
            raise WeblinkError("host") from None
    return host if port is None else f"{host}:{port}"


def normalise(raw: str) -> str:
    """The address with its scheme, https where none was typed, and its host in lower case and ASCII."""
    if len(raw) > _LONGEST:
        raise WeblinkError("too_long")
    address = unicodedata.normalize("NFC", raw.strip(" \u3000\xa0"))
    if not address:
        raise WeblinkError("empty")
    if not _PLAIN.fullmatch(address) and any(unicodedata.category(char) in _UNSEEN for char in address):
        raise WeblinkError("control")
    if "\\" in address or address.startswith("/"):
        raise WeblinkError("host")
    schemeless = not _SCHEME.match(address) or bool(_HOST_AND_PORT.match(address))
    if schemeless:
        address = "https://" + address
    try:
        parts = urlsplit(address)
    except ValueError:
        raise WeblinkError("host") from None
    if parts.scheme not in {"http", "https"} or not address[len(parts.scheme) :].startswith("://"):
        raise WeblinkError("scheme")
    if "@" in parts.netloc:
        raise WeblinkError("login")
    host = _host(parts, schemeless=schemeless)
    path, query, fragment = (quote(part, safe=_KEPT) for part in (parts.path, parts.query, parts.fragment))
    result = urlunsplit((parts.scheme, host, path, query, fragment))
    if len(result) > _LONGEST:
        raise WeblinkError("too_long")
    return result


def mixed_script(address: str) -> bool:
    """Whether the host mixes letters of scripts that look alike, as a forged one does."""
    return text.mixed_script(host_to_unicode(urlsplit(address).hostname or ""))
