"""How many files and connections a process may have open, and what is said to whoever comes when there are no more."""

from __future__ import annotations

import codecs
import encodings
import errno
import json
import os
import pkgutil
import resource
import sys
from contextlib import suppress

MOST = 65_536
SPARE = 24
"""So many stay for the database, templates and what is uploaded."""
WORDS = (
    "Bosun is busy. Try again in a moment.\n"
    "Bosun 正忙，请稍后重试。\n"
    "Bosun está ocupado. Vuelva a intentarlo en un momento.\n"
)
HEADERS = [("retry-after", "5"), ("cache-control", "no-store"), ("connection", "close")]


def allow_more() -> None:
    """Take all that the system lets this process have; it hands out fewer unless asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    with suppress(ValueError, OSError):  # some systems take less than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def load_codecs() -> None:
    """Load every codec of Python's now. One that cannot be opened when it is first asked for stays unknown for good."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with suppress(LookupError):  # those of other systems, and what is no codec
            codecs.lookup(module.name)


def most() -> int:
    """How many this process may have open."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def scarce(limit: int) -> bool:
    """True where hardly any are left of so many. Numbers are given from below: the next one tells."""
    try:
        number = os.open(os.devnull, os.O_RDONLY)
    except OSError:
        return True
    os.close(number)
    return number >= limit - SPARE


def ran_out(error: BaseException | None) -> bool:
    """True where a failure comes from there being none left, whoever met it: Python, SQLite or PostgreSQL's client."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return True
        if "Too many open files" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def busy(path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """The answer where there are none: words in all languages, as no page can be opened; programs get a problem."""
    if path.startswith("/api/"):
        said = {"type": "about:blank", "title": WORDS.partition("\n")[0], "status": 503, "code": "unavailable"}
        return 503, [("content-type", "application/problem+json"), *HEADERS], json.dumps(said).encode()
    return 503, [("content-type", "text/plain; charset=utf-8"), *HEADERS], WORDS.encode()
