"""Fields that an import brings: a column that fits nothing becomes a field of its own, for those who may invent one.

A target says `"new_field": {"label": …, "kind": …}` beside its field, which is "+" until there is one. The field is
made when the import begins, in a batch beside that of its records, so that it goes with them and stays where others
use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry, stamps
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid
from bosun.kernel.kinds import Boolean, Date, Email, Kind, Moment, Number, Phones, Url
from bosun.kernel.specs import FieldSpec
from bosun.lib import dates
from bosun.platform.customize import kindlist, loader, optionlists, services, values
from bosun.platform.customize.models import CustomField
from bosun.platform.imports.models import Import

FRESH = "+"
WORDS = {"label", "kind", "digits", "target"}
KINDS = (
    "text", "longtext", "number", "money", "boolean", "date", "datetime", "choice", "multichoice", "tags", "phones",
    "email", "url",
)  # fmt: skip
FEW = 15
"""More different values than this are no list to choose from."""
SURE = 0.95
LOOKED_AT = 200
DIGITS = 6


def may_invent(actor: Actor) -> bool:
    """Whether this actor may make fields."""
    return access.may(actor, registry.get("custom_fields"), "create")


def batch_of(made: Import) -> str:
    """The batch in which the fields of an import are made."""
    return f"{made.batch[:24]}-fields"


# which kind ------------------------------------------------------------------------------------------------------


def guess(header: str, held: Sequence[str], rows: int, env: Env) -> dict[str, Any]:
    """What a column would be as a field: its label, and the kind that its values look like."""
    return {"label": header.strip()[:80] or _("Column"), **_kind(list(held[:LOOKED_AT]), rows, env)}


def _kind(held: list[str], rows: int, env: Env) -> dict[str, Any]:
    if not held:
        return {"kind": "text"}
    digits = max((_digits(value) for value in held), default=0)
    order = dates.guess_order(held) or None
    told: list[tuple[str, Kind, Env]] = [
        ("boolean", Boolean(), env), ("number", Number(digits), env), ("date", Date(), replace(env, date_order=order)),
        ("datetime", Moment(), env), ("email", Email(), env),
    ]  # fmt: skip
    for key, kind, how in told:
        if key == "boolean" and len(held) > 2:
            continue
        if _share(kind, held, how) >= SURE:
            return {"kind": key, "digits": digits} if key == "number" and digits else {"kind": key}
    if all("." in value and "/" in value for value in held) and _share(Url(), held, env) >= SURE:
        return {"kind": "url"}
    if all(sum(map(str.isdigit, value)) >= 7 for value in held) and _share(Phones(), held, env) >= SURE:
        return {"kind": "phones"}
    if len(held) <= FEW and rows >= 3 * len(held) and max(map(len, held)) <= 60:
        return {"kind": "choice"}
    return {"kind": "longtext" if any("\n" in value or len(value) > 200 for value in held) else "text"}


def _digits(value: str) -> int:
    whole, _point, rest = value.strip().rpartition(".")
    return min(len(rest), DIGITS) if whole and rest.isdigit() else 0


def _share(kind: Kind, held: Sequence[str], env: Env) -> float:
    good = 0
    for value in held:
        try:
            good += kind.parse(value, env) is not None
        except Invalid:
            continue
    return good / len(held)


# reading a map ---------------------------------------------------------------------------------------------------


def there(entity: Entity, raw: Mapping[str, Any], known: Mapping[str, FieldSpec]) -> FieldSpec | None:
    """The field that a target with a new field means, where it is there already: by its key, or by label and kind."""
    name, said = str(raw.get("field") or FRESH), raw["new_field"]
    if name in known:
        return known[name]
    same = [
        spec
        for spec in known.values()
        if spec.custom and str(spec.label) == said.get("label") and spec.kind.key == said.get("kind", "text")
    ]
    return same[0] if name == FRESH and same else None


def problem(raw: Mapping[str, Any], actor: Actor) -> str:
    """What is wrong with a new field; empty when nothing is."""
    said = raw["new_field"]
    if not isinstance(said, Mapping) or set(said) - WORDS:
        return _("This map cannot be read.")
    if not may_invent(actor):
        return _("Only those who may invent fields may bring new ones.")
    if not str(said.get("label") or "").strip():
        return _("Give the new field a label.")
    if said.get("kind", "text") not in (*KINDS, "ref"):
        return _("Choose a kind.")
    return ""


def provisional(entity: Entity, raw: Mapping[str, Any]) -> FieldSpec:
    """The field as it will be, to check the rest of a map against."""
    row = CustomField(entity=entity.key, **_values(entity, raw))
    row.settings = {**row.settings, **_options(entity, row)}
    return loader.spec_of(row)


def _values(entity: Entity, raw: Mapping[str, Any]) -> dict[str, Any]:
    said, name = raw["new_field"], str(raw.get("field") or FRESH)
    label = str(said["label"]).strip()[:80]
    told = {word: said[word] for word in ("digits", "target") if said.get(word)}
    kind = str(said.get("kind", "text"))
    if name == FRESH:
        name = services.propose_key(label, services.taken_names(entity, kindlist.shape_of(kind, told)))
    return {"name": name, "label": label, "kind": kind, "settings": kindlist.check_settings(told), "required": False}


def _options(entity: Entity, row: Any) -> dict[str, str]:
    choice = row.kind in ("choice", "multichoice")
    return {"options": optionlists.key_for(entity.key, row.name)} if choice else {}


# making them -----------------------------------------------------------------------------------------------------


def make(made: Import, actor: Actor) -> Actor:
    """Make the fields that the map of an import asks for, once; the actor, who may see them from now on."""
    wanted = [
        (entity, target)
        for entity, target in _targets(made)
        if there(entity, target, access.specs(entity, actor)) is None
    ]
    for _entity, target in wanted:
        said = problem(target, actor)
        if said:
            raise Denied() if not may_invent(actor) else Invalid(said)
    if not wanted:
        return actor
    act = Act(actor, "import", batch=batch_of(made), cause=f"import {made.pk}: {made.file_name}"[:200])
    with transaction.atomic():
        for entity, target in wanted:
            row = CustomField(**_values(entity, target))
            settings = {**row.settings, **_options(entity, row)}
            raw = {"entity": entity.key, "name": row.name, "label": row.label, "kind": row.kind, "settings": settings}
            records.create("custom_fields", {**raw, "position": services.next_position(entity)}, act)
            target["field"] = row.name
        made.save(update_fields=["map"])
    stamps.refresh()
    # Another one, since what an actor may see is remembered with him.
    return replace(actor)


def _targets(made: Import) -> Iterator[tuple[Entity, MutableMapping[str, Any]]]:
    """Every target with a new field, and the entity that gets it, in the order of the file.

    A database need not keep the order of a JSON object.
    """
    raw = made.map
    for step in raw.get("steps", [raw]) if isinstance(raw, Mapping) else ():
        entity = registry.find(str(step.get("entity") or ""))
        columns = step.get("columns") or {}
        for said in (columns[header] for header in made.headers if header in columns):
            for one in said if isinstance(said, list) else [said]:
                if entity is not None and isinstance(one, MutableMapping) and "new_field" in one:
                    yield entity, one


# taking them back ------------------------------------------------------------------------------------------------


def take_back(made: Import, actor: Actor) -> None:
    """Undo the fields of an import that nothing uses any more."""
    batch = batch_of(made)
    if not records.authors(batch):
        return
    held = [target for target in _targets(made) if values.holding(target[0], str(target[1]["field"])).exists()]
    if not held:
        records.undo(batch, Act(actor, "import", cause=f"undo of import {made.pk}"))
