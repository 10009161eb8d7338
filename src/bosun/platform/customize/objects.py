"""Entities of invented objects: entered into the registry when a process learns of them, and taken out again.

Records of all objects stand in one table. Each object has a model of its own over it, a proxy whose manager sees its
rows alone, so that whatever works with the model of an entity works with an invented one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from threading import RLock
from typing import Any

from django.apps.registry import Apps
from django.db import models

from bosun.kernel import registry, stamps
from bosun.kernel.entity import Entity, Related, Section
from bosun.kernel.kinds import Reference
from bosun.kernel.models import CustomRecord
from bosun.kernel.specs import FieldSpec
from bosun.kernel.verbs import Transfer
from bosun.platform.customize import loader
from bosun.platform.customize.models import CustomObject

COLUMNS_SHOWN = 5
_models: dict[str, type[models.Model]] = {}
_lock = RLock()


class OwnRows(models.Manager[Any]):
    """The rows of one object."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(object_key=self.key)


def model_of(key: str) -> type[models.Model]:
    """The model of an object; one for each key as long as the process lives, since references compare models."""
    with _lock:
        if key not in _models:
            _models[key] = _make(key)
        return _models[key]


def _make(key: str) -> type[models.Model]:
    def begin(self: Any, *args: Any, **values: Any) -> None:
        if not args:
            values.setdefault("object_key", key)
        super(made, self).__init__(*args, **values)

    # A registry of their own: migrations and other tools that list models know nothing of what users invent.
    meta = type("Meta", (), {"proxy": True, "app_label": CustomRecord._meta.app_label, "apps": Apps()})
    body = {"__module__": __name__, "__init__": begin, "Meta": meta, "objects": OwnRows(key)}
    made: type[models.Model] = type(f"Custom_{key}", (CustomRecord,), body)
    return made


@dataclass(frozen=True)
class Declared:
    """An object as it is declared; two that are equal make the same entity."""

    key: str
    name: str
    plural: str
    labels: tuple[tuple[str, str], ...]
    plurals: tuple[tuple[str, str], ...]
    icon: str
    menu: str
    title_label: str
    title_labels: tuple[tuple[str, str], ...]
    columns: str


class Invented(Entity):
    """The entity of an invented object: its fields besides the title are invented ones."""

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        super().__init__(
            model_of(declared.key),
            key=declared.key,
            icon=declared.icon or "box",
            columns=declared.columns,
            form=[Section("", "name owner")],
            search="name",
            sort="name",
            verbs=[Transfer()],
            menu=declared.menu or "main",
            extras={"invented": True},
        )

    @property
    def label(self) -> str:
        return str(loader.Label(self.declared.name, dict(self.declared.labels)))

    @property
    def plural(self) -> str:
        return str(loader.Label(self.declared.plural, dict(self.declared.plurals)))

    @cached_property
    def _native(self) -> dict[str, FieldSpec]:
        found = dict(super()._native)
        said = self.declared
        if said.title_label:
            found["name"] = replace(found["name"], label=loader.Label(said.title_label, dict(said.title_labels)))
        return found

    @property
    def columns(self) -> list[str]:
        """What lists show at first: what was chosen, else the first fields, and the owner."""
        chosen = [name for name in self._columns if name in self.specs()]
        if chosen:
            return chosen
        shown = [name for name, spec in self.specs().items() if spec.custom and spec.kind.cell != "longtext"]
        return ["name", *shown[:COLUMNS_SHOWN], "owner"]

    @columns.setter
    def columns(self, value: list[str]) -> None:
        self._columns = value

    @property
    def form(self) -> list[Section]:
        """The title and all invented fields in two columns, the owner last."""
        names = ["name", *(name for name, spec in self.specs().items() if spec.custom), "owner"]
        half = (len(names) + 1) // 2
        return [Section("", f"{' '.join(names[:half])} | {' '.join(names[half:])}")]

    @form.setter
    def form(self, value: list[Section]) -> None:
        """The form follows from the fields."""

    @property
    def customer_path(self) -> str:
        """The first invented reference to what the ways of others lead to."""
        return next((name for name, spec in self.specs().items() if spec.custom and leads(spec)), "")

    @customer_path.setter
    def customer_path(self, value: str) -> None:
        """The way follows from the fields."""


def leads(spec: FieldSpec) -> bool:
    """True for a reference to the kind of record at which the ways of the entities that ship end."""
    return isinstance(spec.kind, Reference) and registry.of(spec.kind.model).key in _ends()


def _ends() -> set[str]:
    """Keys of the entities to which the ways of others lead."""
    found = set()
    for entity in registry.all_entities():
        path = "" if isinstance(entity, Invented) else entity.customer_path
        if path:
            target = entity
            for step in path.split("."):
                target = registry.of(target.native_specs()[step].kind.model)  # type: ignore[attr-defined]
            found.add(target.key)
    return found


# following the declarations --------------------------------------------------------------------------------------


def follow() -> None:
    """Bring the registry in step with the declarations; costs nothing while they stay as they are."""
    everything: Mapping[str, Declared] = stamps.cached(loader.STAMP, "objects", _load)
    declared = {key: one for key, one in everything.items() if isinstance(registry.find(key), Invented | None)}
    held = {entity.key: entity for entity in registry.all_entities() if isinstance(entity, Invented)}
    if len(held) == len(declared) and all(key in held and held[key].declared is one for key, one in declared.items()):
        return
    with _lock:
        for key, entity in held.items():
            if key not in declared:
                registry.forget(entity)
        for key, one in declared.items():
            if key in held and held[key].declared == one:
                held[key].declared = one
            else:
                Invented(one)


def _load() -> dict[str, Declared]:
    rows = CustomObject.objects.filter(deleted_at__isnull=True).order_by("position", "pk")
    return {
        row.key: Declared(
            row.key, row.name, row.plural, _pairs(row.labels), _pairs(row.plurals), row.icon or "", row.menu or "",
            row.title_label or "", _pairs(row.title_labels), row.columns or "",
        )
        for row in rows
    }  # fmt: skip


def _pairs(labels: Any) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((labels or {}).items()))


def related_to(entity: Entity) -> list[Related]:
    """The lists of records that refer to this entity by an invented field; named by the field where there are two."""
    found: list[Related] = []
    for other in registry.all_entities():
        here = {
            name: spec
            for name, spec in loader.specs_of(other.key).items()
            if isinstance(spec.kind, Reference) and registry.of(spec.kind.model).key == entity.key
        }
        several = len(here) > 1
        found += [
            Related(other.key, name, f"{other.plural} · {spec.label}" if several else "") for name, spec in here.items()
        ]
    return found
