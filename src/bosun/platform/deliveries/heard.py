"""What other machines say, made fit to be kept and to be read by whoever the message was for."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from bosun.kernel import stamps
from bosun.platform.deliveries import configured
from bosun.platform.deliveries.channels import CHANNELS, calls
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.writing import one_line

HIDDEN = "•••"
SHORTEST, SHORTEST_PART = 6, 16
PARTS = re.compile(r"[\s/?&=:@#]+")


def fit(key: str, outcome: Outcome) -> Outcome:
    """Without characters that no database keeps, and without the secrets of the channel, which some gateways repeat.

    It is cut only then: of a secret at the edge, a part would be left that is no longer known for one.
    """
    said = one_line(outcome.said)
    for secret in stamps.cached(configured.STAMP, f"secrets/{key}", lambda: _secrets(key)):
        said = said.replace(secret, HIDDEN)
    return replace(outcome, said=said[: calls.SAID], reference=one_line(outcome.reference))


def _secrets(key: str) -> list[str]:
    """The secrets of a channel, and the long parts of an address that is one; the longest first."""
    held = configured.values_of(key)
    found: set[str] = set()
    for each in CHANNELS[key].settings:
        whole = str(held.get(each.key) or "") if each.kind == "secret" else ""
        if len(whole) >= SHORTEST:
            parts = {part for part in PARTS.split(whole) if len(part) >= SHORTEST_PART and "." not in part}
            found |= {whole, quote(whole, safe=""), *parts}
    return sorted(found, key=len, reverse=True)
