"""At most so many calls a second for each caller, counted in this process."""

from __future__ import annotations

import math
from collections import OrderedDict
from threading import Lock
from time import monotonic

from django.conf import settings
from django.utils.translation import gettext as _

from bosun.api.problems import Refusal

MOST_CALLERS = 10_000
BURST = 2
"""How many seconds' worth of calls may come at once."""

_buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
_lock = Lock()


def take(caller: str, most: float | None = None) -> None:
    """Count one call; Refusal 429 with Retry-After when the caller has used up what he has, `most` a second."""
    rate = float(settings.BOSUN_API_RATE)
    if rate <= 0:
        return
    rate = rate if most is None else min(rate, most)
    now = monotonic()
    with _lock:
        held, since = _buckets.pop(caller, (rate * BURST, now))
        held = min(rate * BURST, held + (now - since) * rate)
        _buckets[caller] = (held - 1 if held >= 1 else held, now)
        if len(_buckets) > MOST_CALLERS:
            _buckets.popitem(last=False)
    if held < 1:
        wait = str(max(1, math.ceil((1 - held) / rate)))
        raise Refusal(429, _("That was too much at once. Slow down."), {"Retry-After": wait})


def forget() -> None:
    """Begin counting anew."""
    with _lock:
        _buckets.clear()
