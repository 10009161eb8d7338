"""`Entity`: one declaration from which every surface follows, and the system checks on every name in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db import models

from bosun.kernel import registry
from bosun.kernel.kinds import Reference
from bosun.kernel.specs import FieldSpec

if TYPE_CHECKING:
    from bosun.kernel.drafts import Effect, Rule
    from bosun.kernel.verbs import Verb

BASE_FIELDS = ("external_id", "owner", "department", "created_at", "created_by", "updated_at", "updated_by")


@dataclass(frozen=True)
class Section:
    """A part of a form and of the facts on a record page: two columns, parted by a bar."""

    label: Any
    fields: str

    def columns(self) -> list[list[str]]:
        """Field names by column."""
        return [part.split() for part in self.fields.split("|")]

    def names(self) -> list[str]:
        """Field names in reading order."""
        return self.fields.replace("|", " ").split()


@dataclass(frozen=True)
class Preset:
    """A list that ships: a named filter, with its order and columns. Dates are relative, so that it never ages."""

    key: str
    label: Any
    filter: dict[str, Any] | None = None
    sort: str = ""
    columns: str = ""


@dataclass(frozen=True)
class Related:
    """A list of other records shown on this record's page: entity key and the field there that points here."""

    entity: str
    field: str
    label: Any = ""


class Entity:
    """What the product knows about one kind of record. See docs/extending for each word.

    `rights_from` names a reference whose record decides who may see and change this one; `also_from` one whose owner
    may read this one too; `customer_path` the way to the customer; `board` the reference whose targets are the columns
    of a board; `natural` fields by which people and files name a record besides its title; `same` fields whose equal
    normal forms make two records likely duplicates; `stamp` a counter raised when any of these records changes;
    `open_to_all` makes it readable to everybody who may sign in (people, departments, options, places), in the fields
    of `open_fields` where those are named.
    """

    # fmt: off
    def __init__(
        self, model: type[models.Model], *, key: str, icon: str, columns: str, form: Sequence[Section] = (),
        search: str = "", sort: str = "", lists: Sequence[Preset] = (), verbs: Sequence[Verb] = (),
        customer_path: str = "", rights_from: str = "", natural: str = "", same: str = "",
        rules: Sequence[Rule] = (), effects: Sequence[Effect] = (), related: Sequence[Related] = (),
        also_from: str = "", board: str = "",
        menu: str = "main", stamp: str = "", open_to_all: bool = False, open_fields: str = "", owned: bool = True,
        key_numbers: str = "", timeline: bool = True, state: str = "", highlight: str = "",
        extras: dict[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.key = key
        self.icon = icon
        self.columns = columns.split()
        self.form = list(form) or [Section("", columns)]
        self.search = search.split()
        self.sort = sort.split()
        self.lists = list(lists)
        self.verbs = {verb.key: verb for verb in verbs}
        self.customer_path = customer_path
        self.rights_from = rights_from
        self.natural = natural.split()
        self.same = same.split()
        self.rules = list(rules)
        self.effects = list(effects)
        self.related = list(related)
        self.also_from = also_from
        self.board = board
        self.menu = menu
        self.stamp = stamp
        self.open_to_all = open_to_all
        self.open_fields = open_fields.split()
        self.owned = owned and not rights_from
        self.key_numbers = key_numbers.split()
        self.timeline = timeline
        self.state = state
        self.highlight = highlight.split()
        self.extras = dict(extras or {})
        self._merged: tuple[dict[str, FieldSpec], dict[str, FieldSpec]] = ({}, {})
        registry.register(self)
    # fmt: on

    @property
    def label(self) -> str:
        """The name of one record of this kind, translated."""
        return str(self.model._meta.verbose_name)

    @property
    def plural(self) -> str:
        """The name of many, translated."""
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def _native(self) -> dict[str, FieldSpec]:
        found: dict[str, FieldSpec] = self.model.bosun_specs  # type: ignore[attr-defined]
        skip = () if self.owned else ("owner", "department")
        base = [found[name] for name in BASE_FIELDS if name not in skip]
        own = [
            spec
            for name, spec in found.items()
            # A model that is not owned may have a department of its own, in the place of the creating one.
            if name not in BASE_FIELDS or (name in skip and not spec.internal and not spec.right)
        ]
        return {spec.name: spec for spec in (*sorted(own, key=lambda spec: spec.order), *base)}

    def native_specs(self) -> dict[str, FieldSpec]:
        """Every field that ships, in the order of declaration, those of every record last."""
        return self._native

    def specs(self) -> dict[str, FieldSpec]:
        """Every field, those that users invented included, rights apart; the same object until one changes."""
        invented = custom_specs(self.key)
        if not invented:
            return self._native
        if self._merged[0] is not invented:
            self._merged = (invented, {**self._native, **invented})
        return self._merged[1]

    @property
    def title_spec(self) -> FieldSpec | None:
        """The field that names a record."""
        return next((spec for spec in self.native_specs().values() if spec.title), None)

    def references(self) -> Iterator[FieldSpec]:
        """The fields that point to other records."""
        return (spec for spec in self.specs().values() if isinstance(spec.kind, Reference) and not spec.kind.multiple)

    def __repr__(self) -> str:
        return f"<Entity {self.key}>"


_custom_source: list[Callable[[str], dict[str, FieldSpec]]] = []


def custom_specs(key: str) -> dict[str, FieldSpec]:
    """Fields that users invented for an entity."""
    return _custom_source[0](key) if _custom_source else {}


def provide_custom_specs(source: Callable[[str], dict[str, FieldSpec]]) -> None:
    """Platform names the one place from which invented fields come."""
    _custom_source[:] = [source]


@checks.register("bosun")
def check_declarations(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Every name used in a declaration is a field, a verb or an entity that exists."""
    return [
        checks.Error(f"{entity.key}: {problem}", id="bosun.E001")
        for entity in registry.all_entities()
        if not entity.extras.get("invented")
        for problem in _problems(entity)
    ]


def _problems(entity: Entity) -> Iterator[str]:
    specs = entity.native_specs()
    named = [
        *entity.columns,
        *entity.same,
        *entity.natural,
        *entity.key_numbers,
        *entity.highlight,
        *entity.open_fields,
        *(name for section in entity.form for name in section.names()),
        *(name.lstrip("-") for name in entity.sort),
        *(name.split(".")[0] for name in entity.search),
    ]
    named += filter(
        None, (entity.rights_from, entity.also_from, entity.board, entity.state, entity.customer_path.split(".")[0])
    )
    for preset in entity.lists:
        named += [*preset.columns.split(), *(name.lstrip("-") for name in preset.sort.split())]
    for name in named:
        if name not in specs and name != "id":
            yield f"there is no field called {name}"
    for related in entity.related:
        target = registry.find(related.entity)
        if target is None or related.field not in target.native_specs():
            yield f"related list {related.entity}.{related.field} does not exist"
    if entity.title_spec is None:
        yield "no field has title=True"
