"""A log that is not flooded: what repeats is written a few times a minute, and then how often it was left out."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from threading import Lock

MOST = 5
SECONDS = 60.0
KINDS = 1000


@dataclass
class Spell:
    """A minute of one kind of line."""

    begun: float
    written: int = 0
    left_out: int = 0


class Seldom(logging.Filter):
    """Lets a few lines of a kind through in a minute. Lines that tell of different faults are of different kinds."""

    def __init__(self) -> None:
        super().__init__()
        self._spells: dict[tuple[object, ...], Spell] = {}
        self._lock = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """False for what is left out; the first line after it says how many there were."""
        if record.levelno < logging.WARNING:
            return True
        now = time.monotonic()
        with self._lock:
            kind = kind_of(record)
            if kind not in self._spells and len(self._spells) >= KINDS:
                self._spells.clear()
            spell = self._spells.setdefault(kind, Spell(now))
            if now - spell.begun < SECONDS and spell.written >= MOST:
                spell.left_out += 1
                return False
            if now - spell.begun >= SECONDS:
                if spell.left_out:
                    record.msg, record.args = f"{record.getMessage()} (and {spell.left_out} more like it)", ()
                spell = self._spells[kind] = Spell(now)
            spell.written += 1
        return True


def kind_of(record: logging.LogRecord) -> tuple[object, ...]:
    """What makes two lines alike: who says it, the text before its last parts are filled in, and the fault."""
    first = record.args[0] if isinstance(record.args, tuple) and record.args else ""
    fault = record.exc_info[1] if record.exc_info else None
    return record.name, record.levelno, str(record.msg), str(first), type(fault), str(fault)
