"""How often a rule may act: `{"times": 3, "per": "hour", "each": "record"}`, on each record or altogether."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.errors import FieldError, Invalid

PERIODS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
RECORD, RULE = "record", "rule"
MOST = 1_000_000


@dataclass(frozen=True)
class Throttle:
    """So many times in any hour or any 24 hours."""

    times: int
    per: str
    each: str

    @property
    def period(self) -> timedelta:
        """The stretch of time that is counted, up to each moment."""
        return PERIODS[self.per]

    def words(self) -> str:
        """The limit, in words."""
        forms = {
            ("hour", RECORD): ngettext(
                "at most once an hour for each record", "at most %(count)s times an hour for each record", self.times
            ),
            ("hour", RULE): ngettext("at most once an hour", "at most %(count)s times an hour", self.times),
            ("day", RECORD): ngettext(
                "at most once a day for each record", "at most %(count)s times a day for each record", self.times
            ),
            ("day", RULE): ngettext("at most once a day", "at most %(count)s times a day", self.times),
        }
        return forms[self.per, self.each] % {"count": self.times}


def parse(raw: Any) -> Throttle | None:
    """A limit from its JSON form; None where there is none, Invalid where it makes no sense."""
    if raw in (None, "", {}):
        return None
    if not isinstance(raw, Mapping) or set(raw) - {"times", "per", "each"}:
        raise Invalid([FieldError("throttle", _("This limit cannot be read."))])
    times, per, each = raw.get("times"), raw.get("per", "day"), raw.get("each", RECORD)
    if isinstance(times, bool) or not isinstance(times, int) or not 0 < times <= MOST:
        raise Invalid([FieldError("throttle", _("Say how often: a whole number above 0."))])
    if per not in PERIODS or each not in (RECORD, RULE):
        raise Invalid([FieldError("throttle", _("This limit cannot be read."))])
    return Throttle(times, per, each)
