"""The kinds that an invented field may be of, and what each is told besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
    "file": _lazy("File"),
    "secret": _lazy("Encrypted"),
    "formula": _lazy("Formula"),
    "rollup": _lazy("Roll-up"),
}
DIGITS_MOST = 8
TEXT_MOST = 2000
NEEDS = {"choice": "options", "multichoice": "options", "ref": "target", "formula": "formula", "rollup": "source"}
"""What a field of such a kind cannot do without."""
ONCE = frozenset(("text", "number", "date", "email", "url", "ref"))
"""Kinds whose values can be told apart, so that each may be there once."""
SEARCHED = frozenset(("text", "longtext", "tags", "phones", "email", "url"))
"""Kinds whose words are found by search."""
COMPUTED = frozenset(("formula", "rollup"))
"""Kinds that nobody writes."""
ORDER = {"formula": 1, "rollup": 2}
"""Which of them are worked out first."""
WITHOUT_DEFAULT = frozenset(("ref", "phones", "file", "secret", *COMPUTED))


class ToEntity(kinds.Reference):
    """A reference to records of an entity that is named by its key; it may be an invented one."""

    def __init__(self, key: str) -> None:
        super().__init__(key)

    @property
    def model(self) -> Any:
        """The model referred to."""
        return registry.get(self.target).model


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
    "ref": lambda settings: ToEntity(settings["target"]),
    "phones": lambda settings: kinds.Phones(),
    "email": lambda settings: kinds.Email(),
    "url": lambda settings: kinds.Url(),
}


def make(kind: str, settings: Mapping[str, Any] | None) -> kinds.Kind:
    """The kind of an invented field."""
    return MAKERS[kind](settings or {})


def gives(settings: Mapping[str, Any]) -> kinds.Kind:
    """The kind of what a formula works out."""
    return MAKERS[settings.get("gives", "number")](settings)


def shape_of(kind: str, settings: Mapping[str, Any] | None) -> str:
    """What must be equal for one field to read the values of another."""
    said = settings or {}
    return f"{kind}:{said.get('target', '')}:{said.get('digits', 0)}"


GIVES = ("number", "text", "boolean", "date", "money")
HOW = ("count", "sum", "min", "max")


# settings --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Setting:
    """One thing that a field is told: what it must be, and what is said where it is not."""

    good: Callable[[Any], bool]
    message: Callable[[], str]


def _within(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_short_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= TEXT_MOST


SETTINGS: dict[str, Setting] = {
    "length": Setting(
        _within(1, TEXT_MOST), lambda: _("A text has between 1 and %(max)s characters.") % {"max": TEXT_MOST}
    ),
    "digits": Setting(
        _within(0, DIGITS_MOST), lambda: _("A number has at most %(max)s decimals.") % {"max": DIGITS_MOST}
    ),
    "options": Setting(_is_short_text, lambda: _("Name the option list.")),
    "target": Setting(
        lambda value: registry.find(str(value)) is not None,
        lambda: _("There is no entity of that name to refer to."),
    ),
    "default": Setting(lambda value: True, lambda: ""),
    "formula": Setting(_is_short_text, lambda: _("Write the formula.")),
    "gives": Setting(lambda value: value in GIVES, lambda: _("Say what the formula gives.")),
    "source": Setting(_is_short_text, lambda: _("Say which records are rolled up.")),
    "how": Setting(lambda value: value in HOW, lambda: _("Say what is worked out.")),
    "of": Setting(_is_short_text, lambda: _("Say which field is worked out.")),
    "clear_to": Setting(
        lambda value: isinstance(value, list) and all(isinstance(pk, int) for pk in value),
        lambda: _("These settings do not fit a field."),
    ),
}


def check_settings(raw: Any) -> dict[str, Any]:
    """What a field is told besides, each of its own type; Invalid otherwise."""
    if not isinstance(raw, Mapping) or set(raw) - set(SETTINGS):
        raise Invalid(_("These settings do not fit a field."))
    for name, value in raw.items():
        if not SETTINGS[name].good(value):
            raise Invalid(SETTINGS[name].message())
    return dict(raw)
