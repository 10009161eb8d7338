"""Reading what programs send, strictly: JSON of a sensible size and depth, and only parameters that are known."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _

from bosun.kernel.errors import Unreadable

MAX_DEPTH, MAX_ITEMS = 20, 200_000
JSON_TYPES = ("application/json", "application/merge-patch+json")


class WrongType(Exception):
    """The body is not JSON (HTTP 415)."""


class TooLarge(Exception):
    """The body is larger than is accepted (HTTP 413)."""


def dumps(value: Any) -> bytes:
    """JSON as it leaves."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body; an empty body is an empty object."""
    try:
        raw = request.body
    except RequestDataTooBig as error:
        raise TooLarge from error
    except (UnreadablePostError, SuspiciousOperation) as error:
        raise Unreadable(_("The request broke off before its end. Send it again.")) from error
    if not raw:
        return {}
    charset = (request.content_params or {}).get("charset", "utf-8")
    if request.content_type not in JSON_TYPES or charset.lower() not in ("utf-8", "utf8"):
        raise WrongType
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(_("The body is not UTF-8.")) from None
    found = loads(text)
    if not isinstance(found, dict):
        raise Unreadable(_("The body must be a JSON object."))
    return found


def loads(text: str) -> Any:
    """A JSON value without duplicate keys, half characters, NUL, or numbers that cannot be kept."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_number)
    except RecursionError:
        raise Unreadable(_("This JSON is nested too deeply.")) from None
    except ValueError:
        raise Unreadable(_("This is not valid JSON.")) from None
    _check(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable(_("This JSON names the same key twice."))
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable(_("“%(value)s” is not a number that JSON knows.") % {"value": name})


def _number(text: str) -> float:
    value = float(text)
    lost = value == 0 and any(digit in "123456789" for digit in text.lower().partition("e")[0])
    if math.isinf(value) or lost:
        raise Unreadable(_("A number in this JSON is too large or too small."))
    return value


def _check(value: Any) -> None:
    """Walk the value without recursion: depth, size and characters."""
    left: list[tuple[Any, int]] = [(value, 1)]
    items = 0
    while left:
        part, depth = left.pop()
        items += 1
        if depth > MAX_DEPTH:
            raise Unreadable(_("This JSON is nested too deeply."))
        if items > MAX_ITEMS:
            raise Unreadable(_("This JSON holds too many values."))
        if isinstance(part, str):
            check_text(part)
        elif isinstance(part, list):
            left.extend((item, depth + 1) for item in part)
        elif isinstance(part, dict):
            left.extend((item, depth + 1) for pair in part.items() for item in pair)


def check_text(text: str) -> None:
    """Refuse characters that no database keeps: NUL and halves of a surrogate pair."""
    if "\0" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise Unreadable(_("This text holds characters that cannot be stored. Type it again."))


def parameters(request: HttpRequest, known: Iterable[str], several: Iterable[str] = ()) -> dict[str, str]:
    """The query parameters; one that is not known, or is given twice, is refused."""
    allowed, repeated = set(known), set(several)
    found: dict[str, str] = {}
    for name, values in request.GET.lists():
        if name not in allowed and name not in repeated:
            raise Unreadable(_("There is no parameter “%(name)s” here.") % {"name": name[:60]})
        if len(values) > 1 and name not in repeated:
            raise Unreadable(_("The parameter “%(name)s” is given twice.") % {"name": name})
        for value in values:
            check_text(value)
        found[name] = ",".join(str(value) for value in values)
    return found
