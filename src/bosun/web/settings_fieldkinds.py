"""What the panel of a field asks of the kinds that are worked out or sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bosun.lib.formula import FUNCTIONS
from bosun.platform.customize import computed, kindlist

if TYPE_CHECKING:
    from bosun.web.settings_fieldform import FieldForm

HOW = {
    "count": gettext_lazy("How many"),
    "sum": pgettext_lazy("roll-up", "Sum"),
    "min": pgettext_lazy("roll-up", "Least"),
    "max": pgettext_lazy("roll-up", "Greatest"),
}


def computed_inputs(form: FieldForm) -> list[dict[str, Any]]:
    """The inputs of formulas and roll-ups."""
    new = form.row is None
    names = sorted(computed.usable(form.entity.specs()))
    can = _("Fields: %(fields)s. Functions: %(functions)s.") % {
        "fields": ", ".join(names), "functions": ", ".join(FUNCTIONS),
    }  # fmt: skip
    found = [form.input("formula", _("Formula"), "longtext", shown_for={"formula"}, help=can, max_length=1000)]
    if not new:
        return found
    gives = [{"key": key, "label": str(kindlist.LABELS[key])} for key in kindlist.GIVES]
    sources, fields = _sources(form)
    return [
        *found,
        form.input("gives", _("It gives"), "choice", options=gives, required=True, shown_for={"formula"}),
        form.input("source", _("Over these records"), "choice", options=sources, shown_for={"rollup"}),
        form.input("how", _("What is worked out"), "choice", options=_labelled(HOW), shown_for={"rollup"}),
        form.input(
            "of", _("Of this field"), "choice", options=fields, shown_for={"rollup"},
            help=_("Only records that the reader may read are counted."),
        ),
    ]  # fmt: skip


def _sources(form: FieldForm) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    sources, fields = [], {}
    for entity, spec in computed.leading_here(form.entity):
        sources.append({"key": f"{entity.key}.{spec.name}", "label": f"{entity.plural}: {spec.label}"})
        for name, each in entity.specs().items():
            if computed.rolled_kind("max", each) is not None and not each.internal:
                fields[f"{entity.key}.{name}"] = f"{entity.plural}: {each.label}"
    return sources, _labelled(fields)


def _labelled(words: Mapping[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "label": str(label)} for key, label in words.items()]


def clear_to(post: Mapping[str, Any]) -> set[int]:
    """The roles that read a sealed field in clear."""
    names = [name.removeprefix("clear_") for name in post if name.startswith("clear_")]
    return {int(pk) for pk in names if pk.isascii() and pk.isdigit() and len(pk) < 19}
