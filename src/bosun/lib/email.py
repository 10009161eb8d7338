"""E-mail addresses in one normal form."""

from __future__ import annotations

import re
import unicodedata

from bosun.lib import text
from bosun.lib.hosts import HostError, host_to_ascii, host_to_unicode

_LONGEST, _LONGEST_LOCAL = 254, 64
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\]\\.]+(?:\.[^\s\x00-\x20\x7f-\x9f\"(),:;<>@\[\]\\.]+)*")


class EmailError(ValueError):
    """A text that is no e-mail address; `code` is "empty", "too_long", "local", "domain" or "control"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def normalise(raw: str) -> str:
    """The address as it is stored: the part before the @ as typed, the domain in lower case and ASCII."""
    if len(raw) > 4 * _LONGEST:
        raise EmailError("too_long")
    address = unicodedata.normalize("NFC", raw.strip(" \u3000\xa0"))
    if not address:
        raise EmailError("empty")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in address):
        raise EmailError("control")
    local, at, domain = address.replace("＠", "@").rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise EmailError("local")
    try:
        host = host_to_ascii(domain)
    except HostError:
        raise EmailError("domain") from None
    if "." not in host or host.rpartition(".")[2].isdigit():
        raise EmailError("domain")
    result = f"{local}@{host}"
    if len(local.encode()) > _LONGEST_LOCAL or len(result.encode()) > _LONGEST:
        raise EmailError("too_long")
    return result


def key(address: str) -> str:
    """The form for finding duplicates: letter case does not matter; letters of another script do."""
    return address.casefold()


def mixed_script(address: str) -> bool:
    """Whether letters of scripts that look alike stand in one word of the address, as in a forged one."""
    local, _at, host = address.rpartition("@")
    return text.mixed_script(local) or text.mixed_script(host_to_unicode(host))
