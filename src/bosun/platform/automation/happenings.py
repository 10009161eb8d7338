"""The events that rules may name: what can happen to the records of every entity, invented ones included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext

from bosun.kernel import registry
from bosun.kernel.entity import Entity

SAVED, CHANGED, TIME, HOOK = "saved", "changed", "time", "hook"
OWN_WORDS = {"deleted": "removed"}
"""Words of events that outsiders rely on, for those of the ledger."""
LEFT_OUT = frozenset(("rules",))


@dataclass(frozen=True)
class Happening:
    """One event: `key` is entity.word as rules name it, `label` its name for people ("created or changed")."""

    key: str
    entity: Entity
    word: str
    label: str


def automatable(entity: Entity) -> bool:
    """Whether rules may be about an entity: what users work with, invented objects included."""
    return entity.key not in LEFT_OUT and (entity.menu == "main" or bool(entity.extras.get("invented")))


def entities() -> list[Entity]:
    """All entities that rules may be about."""
    return [entity for entity in registry.all_entities() if automatable(entity)]


def of(entity: Entity) -> Iterator[Happening]:
    """The events of one entity."""
    words = {
        "created": pgettext("rule", "created"),
        "changed": pgettext("rule", "changed"),
        SAVED: pgettext("rule", "created or changed"),
        "deleted": pgettext("rule", "deleted"),
        "restored": pgettext("rule", "brought back"),
        HOOK: pgettext("rule", "brought by a webhook"),
        TIME: pgettext("rule", "at a time"),
    }
    for word, label in words.items():
        yield Happening(f"{entity.key}.{word}", entity, word, label)
    for verb in entity.verbs.values():
        if verb.past and verb.past not in words:
            yield Happening(f"{entity.key}.{verb.past}", entity, verb.past, str(verb.label))


def find(key: str) -> Happening | None:
    """The event of a key."""
    name, _dot, word = key.rpartition(".")
    entity = registry.find(name)
    if entity is None or not automatable(entity):
        return None
    return next((each for each in of(entity) if each.word == word), None)


def words_of(verb: str) -> tuple[str, ...]:
    """The words under which rules hear of a line of the ledger: a verb that changes a record is a change as well."""
    if verb == "created":
        return ("created", SAVED)
    if verb == "removed":
        return ("deleted",)
    if verb in ("restored", TIME, HOOK):
        return (verb,)
    return (CHANGED, SAVED) if verb == CHANGED else (verb, CHANGED, SAVED)


def describe(key: str) -> dict[str, Any]:
    """Names of an event for a page: of the entity and of what happened."""
    found = find(key)
    return {"entity": found.entity.label, "label": found.label} if found else {"entity": "", "label": key}
