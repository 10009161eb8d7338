"""The option lists of invented choices, edited where those that ship are."""

from __future__ import annotations

from collections.abc import Iterable

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.platform.customize.models import CustomField
from bosun.platform.options import lists
from bosun.platform.options.lists import OptionList

STEP = 10
LONGEST = 60


def key_for(entity: str, name: str) -> str:
    """The key of the list of one invented field."""
    return f"{entity}__{name}"[:LONGEST]


def known() -> dict[str, OptionList]:
    """Lists that invented fields take, besides those that the software declares."""
    found: dict[str, OptionList] = {}
    for row in CustomField.objects.filter(deleted_at__isnull=True, kind__in=("choice", "multichoice")).order_by("pk"):
        key = (row.settings or {}).get("options", "")
        entity = registry.find(row.entity)
        if key and key not in lists.declared and key not in found and entity is not None:
            found[key] = OptionList(key, f"{entity.plural}: {row.label}")
    return found


def fill(list_key: str, labels: Iterable[str], act: Act) -> list[str]:
    """Write options by their labels, in order; those that the list has already are left. Their keys."""
    there = dict(lists.options(list_key))
    taken, said = set(there), {option.label for option in there.values()}
    keys = []
    for label in labels:
        if label in said:
            continue
        key = lists.fresh_key(label, taken)
        values = {"list_key": list_key, "key": key, "label": label, "position": (len(taken) + 1) * STEP}
        records.create("options", values, act)
        taken.add(key)
        said.add(label)
        keys.append(key)
    return keys
