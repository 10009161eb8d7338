"""The shapes of what is set about webhooks: further headers, and which part of a message goes into which field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.errors import Invalid
from bosun.platform.outbound import client

MOST_HEADERS, MOST_FIELDS = 20, 100
PATH = re.compile(r"[^.\s][^.]{0,99}(?:\.[^.]{1,100}){0,19}")
SIGNED = re.compile(r"(?i)webhook-.*|content-type|user-agent")


def headers_checked(raw: Any) -> Any:
    """Headers as a name and a text each."""
    if raw in (None, "", {}):
        return None
    if not isinstance(raw, Mapping) or len(raw) > MOST_HEADERS:
        raise Invalid(_("Give headers as names with texts, %(max)s at most.") % {"max": MOST_HEADERS})
    for name, value in raw.items():
        wrong = not isinstance(value, str) or client.header_fault(str(name), value) or SIGNED.fullmatch(str(name))
        if wrong:
            raise Invalid(_("“%(name)s” cannot be a header of yours.") % {"name": str(name)[:60]})
    twice = next((name for name, times in Counter(str(name).lower() for name in raw).items() if times > 1), "")
    if twice:
        raise Invalid(_("“%(name)s” stands here twice.") % {"name": twice})
    return dict(raw)


def mapping_checked(raw: Any) -> Any:
    """Fields with the place of their value in the message (`customer.name`, `items.0.sku`), or `{"value": …}`."""
    if raw in (None, "", {}):
        return None
    if not isinstance(raw, Mapping) or len(raw) > MOST_FIELDS:
        raise Invalid(_("Say for each field where its value stands in the message."))
    for name, part in raw.items():
        fixed = isinstance(part, Mapping) and set(part) == {"value"}
        if not fixed and not (isinstance(part, str) and PATH.fullmatch(part)):
            said = _("“%(name)s”: write the way to its value with dots, as in customer.name.")
            raise Invalid(said % {"name": str(name)[:60]})
    return dict(raw)


def at(path: str, message: Any) -> Any:
    """What stands at a place of a message; None where there is nothing."""
    for step in path.split("."):
        if isinstance(message, Mapping):
            message = message.get(step)
        elif isinstance(message, list) and step.isascii() and step.isdigit() and len(step) < 6:
            message = message[int(step)] if int(step) < len(message) else None
        else:
            return None
    return message


def leaves(message: Any, path: str = "", most: int = 200) -> list[tuple[str, Any]]:
    """Every place of a message that holds a value, in order."""
    if isinstance(message, Mapping):
        parts = [(str(key), value) for key, value in message.items() if "." not in str(key)]
    elif isinstance(message, list):
        parts = [(str(place), value) for place, value in enumerate(message[:5])]
    else:
        return [(path, message)] if path else []
    found: list[tuple[str, Any]] = []
    for key, value in parts:
        found += leaves(value, f"{path}.{key}" if path else key, most)
        if len(found) >= most:
            break
    return found[:most]
