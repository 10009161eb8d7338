"""The kinds that an invented field may be of, and what each is told besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import kinds, registry
from bosun.kernel.errors import Invalid

LABELS = {
    "text": _lazy("Text"),
    "longtext": _lazy("Long text"),
    "number": _lazy("Number"),
    "money": _lazy("Money"),
    "boolean": _lazy("Yes or no"),
    "date": _lazy("Date"),
    "datetime": _lazy("Date and time"),
    "choice": _lazy("Choice"),
    "multichoice": _lazy("Several choices"),
    "tags": _lazy("Tags"),
    "ref": _lazy("Reference"),
    "phones": _lazy("Phones"),
    "email": _lazy("E-mail"),
    "url": _lazy("Web address"),
}
DIGITS_MOST = 8
TEXT_MOST = 2000


def _target(settings: Mapping[str, Any]) -> kinds.Kind:
    return kinds.Reference(registry.get(settings["target"]).model._meta.label)


MAKERS: dict[str, Callable[[Mapping[str, Any]], kinds.Kind]] = {
    "text": lambda settings: kinds.Text(settings.get("length", 200)),
    "longtext": lambda settings: kinds.LongText(),
    "number": lambda settings: kinds.Number(digits=settings.get("digits", 0)),
    "money": lambda settings: kinds.Money(),
    "boolean": lambda settings: kinds.Boolean(),
    "date": lambda settings: kinds.Date(),
    "datetime": lambda settings: kinds.Moment(),
    "choice": lambda settings: kinds.Choice(settings["options"]),
    "multichoice": lambda settings: kinds.MultiChoice(settings["options"]),
    "tags": lambda settings: kinds.Tags(),
    "ref": _target,
    "phones": lambda settings: kinds.Phones(),
    "email": lambda settings: kinds.Email(),
    "url": lambda settings: kinds.Url(),
}


def make(kind: str, settings: Mapping[str, Any] | None) -> kinds.Kind:
    """The kind of an invented field."""
    return MAKERS[kind](settings or {})


def check_settings(raw: Any) -> dict[str, Any]:
    """Length, digits, option list or target, each of its own type; Invalid otherwise."""
    if not isinstance(raw, Mapping) or set(raw) - {"length", "digits", "options", "target"}:
        raise Invalid(_("These settings do not fit a field."))
    length, digits = raw.get("length", 1), raw.get("digits", 0)
    if not isinstance(length, int) or not 1 <= length <= TEXT_MOST:
        raise Invalid(_("A text has between 1 and %(max)s characters.") % {"max": TEXT_MOST})
    if not isinstance(digits, int) or not 0 <= digits <= DIGITS_MOST:
        raise Invalid(_("A number has at most %(max)s decimals.") % {"max": DIGITS_MOST})
    if "target" in raw and registry.find(str(raw["target"])) is None:
        raise Invalid(_("There is no entity of that name to refer to."))
    if "options" in raw and not isinstance(raw["options"], str):
        raise Invalid(_("Name the option list."))
    return dict(raw)
