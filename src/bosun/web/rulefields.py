"""The inputs of what a rule does: how a value is kept in a rule, and drawn from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from bosun.kernel import access, kinds, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Kind, Reference
from bosun.kernel.specs import FieldSpec
from bosun.platform.automation import merging
from bosun.web import fields

Json = dict[str, Any]
TOO_MUCH = frozenset(("file", "json", "checklist", "recurrence"))
MERGED = frozenset(("text", "longtext"))
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Place:
    """Where a form stands: its prefix in names, the entity of the rule, and for whom it is drawn."""

    at: str
    entity: Entity
    env: Env

    def name(self, part: str) -> str:
        """The name of an input."""
        return f"{self.at}_{part}"


class Step:
    """The form of one action."""

    def read(self, post: QueryDict, place: Place) -> Json:
        """The JSON of what was posted."""
        return {}

    def pick(self, raw: Json, place: Place) -> Json | None:
        """What draws it anew."""
        return None

    def inputs(self, raw: Json, place: Place) -> list[Json]:
        """The inputs."""
        return []

    def arrange(self, raw: Json, what: str, at: int) -> Json:
        """After a button of its own: with another line, or one less."""
        return raw

    def whole(self, raw: Json) -> Json:
        """Without what is only half typed."""
        return raw

    def table(self, raw: Json, place: Place) -> Json | None:
        """Lines of a condition and a person each."""
        return None

    def fits(self, raw: Json, place: Place) -> bool:
        """Whether the form can hold this."""
        return True


def loads(text: str) -> Any:
    """A condition that the builder posted."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return {"unreadable": True}


def pick(place: Place, part: str, label: str, options: Mapping[str, str], value: Any) -> Json:
    """A choice that draws the form anew."""
    name = place.name(part)
    return {
        "name": name,
        "id": f"id_{name}",
        "label": label,
        "options": list(options.items()),
        "value": str(value or ""),
    }


def stored(kind: Kind, raw: Any, env: Env) -> Any:
    """What was typed as rules keep it, in no language; as it was typed where it cannot be read."""
    if isinstance(raw, str) and merging.FIELD.search(raw):
        return raw
    try:
        value = kind.parse(raw, env)
    except Invalid:
        return raw
    if isinstance(kind, kinds.References):
        return [{"id": pk} for pk in value or ()]
    if isinstance(kind, Reference):
        return None if value is None else {"id": value}
    if isinstance(kind, kinds.AnyReference):
        return None if value is None else {"entity": value.entity, "id": value.id}
    if isinstance(kind, kinds.Money):
        return None if value is None else {"amount": value.amount_text, "currency": value.currency}
    return kind.to_json(value, env)


def field_input(place: Place, part: str, label: Any, kind: Kind, raw: Any, **how: Any) -> Json:
    """An input with what a rule keeps in it."""
    try:
        value = kind.parse(raw, place.env)
    except Invalid:
        return fields.field(place.name(part), label, kind, place.env, raw=raw, **how)
    for model, pk in kind.refers(value):
        place.env.refs.load(model, [pk])
    return fields.field(place.name(part), label, kind, place.env, value, **how)


def spec_input(place: Place, part: str, spec: FieldSpec, entity: Entity, raw: Any) -> Json:
    """The input of a field, with the words that are offered for tags."""
    made = field_input(place, part, spec.label, spec.kind, raw, help_text=spec.help)
    if isinstance(spec.kind, kinds.Text | kinds.LongText) and spec.kind.widget in MERGED:
        return merging_input(made, place.entity)
    if spec.kind.widget == "tags":
        made |= {"pick_url": f"/{entity.key}/words?field={spec.name}", "closed": False}
    return made


def merging_input(drawn: Json, entity: Entity) -> Json:
    """The input of a text with a button that puts a field into it, which stands for what the record holds."""
    return {**drawn, "merge_url": f"/settings/automation/fields?for={entity.key}"}


def writable(entity: Entity, env: Env) -> dict[str, FieldSpec]:
    """The fields that these forms write."""
    return {
        name: spec
        for name, spec in access.specs(entity, env.actor).items()
        if spec.writable and not spec.internal and spec.kind.widget not in TOO_MUCH
    }


def fits_value(kind: Kind, raw: Any) -> bool:
    """Whether an input can hold a value: merge fields stand in texts only."""
    merged = isinstance(raw, str) and bool(merging.FIELD.search(raw))
    return not merged or isinstance(kind, kinds.Text | kinds.LongText)


def first(known: Mapping[str, Any], wanted: str) -> str:
    """What a form begins with."""
    return wanted if wanted in known else next(iter(known), "")


def numbers(raw: list[str]) -> list[int]:
    """Ids as they were posted."""
    return [int(each) for each in raw if each.isascii() and each.isdigit() and len(each) < 19]


def person_kind() -> Reference:
    """A reference to a person."""
    return Reference(registry.get("users").model._meta.label)


def title_of(entity: Entity) -> str:
    """The name of the field that names a record."""
    return entity.title_spec.name if entity.title_spec else "id"


def ticks(place: Place, part: str, label: str, key: str, held: list[Any]) -> Json:
    """Several records of a short list."""
    entity = registry.get(key)
    rows = records.query(entity, place.env.actor, place.env).sort(entity.sort).page(limit=MOST_PEOPLE).items
    options = {str(row.pk): str(row) for row in rows}
    return fields.field(place.name(part), label, kinds.MultiChoice("", options), place.env, raw=[str(e) for e in held])
