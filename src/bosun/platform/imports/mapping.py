"""The map: which column fills which field, what is done about what is unknown, and which rows are the same record.

It is JSON, the same that the wizard saves and the command line takes; docs/importing.md says each word. Reading it
checks every word against the file's headers and against the fields that exist for the actor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor, Scope
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, FieldError, Invalid
from bosun.kernel.kinds import AnyReference, Choice, Kind, Reference, Text
from bosun.kernel.specs import FieldSpec
from bosun.platform.exports import version
from bosun.platform.files.kind import File
from bosun.platform.imports import newfields

DATE_ORDERS = ("auto", "ymd", "dmy", "mdy")
ON_MATCH = ("update", "skip", "create", "refuse")
DUPLICATES = ("create", "skip", "refuse")
UNKNOWN = ("refuse", "add", "empty")
MISSING = ("refuse", "create", "empty")
EMPTY = ("keep", "clear", "report")
BY = ("", "name", "external_id", "username")
STEP_WORDS = {
    "entity", "columns", "key", "on_match", "duplicates", "constants", "new", "dates", "numbers", "history",
}  # fmt: skip
TARGET_WORDS = {
    "field", "unknown", "values", "missing", "new", "text", "join", "currency", "empty", "entity", "by", "new_field",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Where the cells of one column go."""

    column: str
    place: int
    spec: FieldSpec
    unknown: str = "refuse"
    missing: str = "refuse"
    values: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    join: str = " "
    currency: str = ""
    empty: str = "keep"
    entity: str = ""
    by: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of the field."""
        return self.spec.kind

    @property
    def refers_to(self) -> Entity | None:
        """The entity whose records the cells name, if they name any."""
        if isinstance(self.kind, AnyReference):
            return registry.find(self.entity)
        return registry.of(self.kind.model) if isinstance(self.kind, Reference) else None


@dataclass(frozen=True)
class Step:
    """One pass over the rows, for one entity."""

    entity: Entity
    targets: tuple[Target, ...]
    key: tuple[str, ...] = ()
    on_match: str = "update"
    duplicates: str = "create"
    constants: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    dates: str = "auto"
    numbers: str = "auto"
    at: int | None = None
    by: int | None = None
    version: int | None = None
    """The column with the version of the record that the writer of the file looked at."""


@dataclass(frozen=True)
class Plan:
    """A map that has been read: its steps, and the columns that go nowhere."""

    steps: tuple[Step, ...]
    ignored: tuple[str, ...] = ()


def steps_of(raw: Any) -> list[Mapping[str, Any]]:
    """The steps of a map; a map without steps is one step."""
    if not isinstance(raw, Mapping):
        return []
    steps = raw.get("steps", [raw])
    return [step for step in steps if isinstance(step, Mapping)] if isinstance(steps, Sequence) else []


def read(raw: Any, headers: Sequence[str], actor: Actor) -> Plan:
    """The plan of a map, or Invalid with everything that is wrong with it; Denied without the right to import."""
    steps = steps_of(raw)
    if not steps or (isinstance(raw, Mapping) and "steps" in raw and set(raw) != {"steps"}):
        raise Invalid(_("This map cannot be read."))
    reader = _Reader(headers, actor)
    made = [reader.step(step) for step in steps]
    if reader.errors:
        raise Invalid(reader.errors)
    used = {target.place for step in made if step for target in step.targets}
    used |= {place for step in made if step for place in (step.at, step.by, step.version) if place is not None}
    ignored = tuple(header for place, header in enumerate(headers) if place not in used)
    return Plan(tuple(step for step in made if step), ignored)


class _Reader:
    """Reads steps, gathering what is wrong."""

    def __init__(self, headers: Sequence[str], actor: Actor) -> None:
        self.places = {header: place for place, header in reversed(list(enumerate(headers)))}
        self.actor = actor
        self.errors: list[FieldError] = []

    def wrong(self, where: str, message: str) -> None:
        """Note one mistake."""
        self.errors.append(FieldError(where[:120], message))

    def word(self, raw: Mapping[str, Any], name: str, allowed: Sequence[str], default: str) -> str:
        """One of several words."""
        value = raw.get(name, default)
        if value not in allowed:
            self.wrong(name, _("“%(value)s” is not one of: %(words)s.") % {"value": value, "words": ", ".join(allowed)})
            return default
        return str(value)

    def strange(self, where: str, raw: Mapping[str, Any], known: set[str]) -> None:
        """Words that mean nothing here; a misspelt one would otherwise change what is imported without a sign."""
        for name in raw:
            if name not in known:
                self.wrong(where, _("“%(value)s” means nothing here.") % {"value": str(name)[:60]})

    def step(self, raw: Mapping[str, Any]) -> Step | None:
        """One step."""
        entity = registry.find(str(raw.get("entity") or ""))
        if entity is None or not access.may(self.actor, entity, "read"):
            self.wrong("entity", _("There is nothing called “%(name)s”.") % {"name": str(raw.get("entity"))[:60]})
            return None
        if not access.may(self.actor, entity, "import"):
            raise Denied()
        self.strange("map", raw, STEP_WORDS)
        known = access.specs(entity, self.actor)
        # In the order of the file: a database need not keep that of a JSON object.
        columns, seen = self.version(raw.get("columns"))
        targets = tuple(sorted(self.targets(entity, columns, known), key=lambda target: target.place))
        if not targets:
            self.wrong("columns", _("Choose at least one column."))
        at, by = self.history(entity, raw.get("history"))
        return Step(
            entity, targets, self.key(raw.get("key"), targets, known),
            self.word(raw, "on_match", ON_MATCH, "update"), self.word(raw, "duplicates", DUPLICATES, "create"),
            self.values(raw.get("constants"), known, "constants"), self.values(raw.get("new"), known, "new"),
            self.word(raw, "dates", DATE_ORDERS, "auto"), str(raw.get("numbers") or "auto"), at, by, seen,
        )  # fmt: skip

    def version(self, raw: Any) -> tuple[Mapping[str, Any], int | None]:
        """The columns that fill fields, and the one with the versions."""
        columns = raw if isinstance(raw, Mapping) else {}
        said = {column for column, one in columns.items() if one in (version.NAME, {"field": version.NAME})}
        for column in list(said)[1:]:
            self.wrong(str(column), _("Only one column can hold the version."))
        place = next((self.places[column] for column in said if column in self.places), None)
        return {
            column: one for column, one in columns.items() if column not in said or column not in self.places
        }, place

    def targets(self, entity: Entity, raw: Any, known: Mapping[str, FieldSpec]) -> Iterator[Target]:
        """Every target of every column."""
        for column, said in raw.items() if isinstance(raw, Mapping) else ():
            if column not in self.places:
                self.wrong(str(column), _("The file has no column “%(name)s”.") % {"name": str(column)[:60]})
                continue
            for one in said if isinstance(said, list) else [said]:
                if one in (None, ""):
                    continue
                whole = {"field": one} if isinstance(one, str) else one
                target = self.target(str(column), whole, known, entity) if isinstance(whole, Mapping) else None
                if target:
                    yield target

    def target(
        self, column: str, raw: Mapping[str, Any], known: Mapping[str, FieldSpec], entity: Entity
    ) -> Target | None:
        """One target."""
        self.strange(column, raw, TARGET_WORDS)
        name = str(raw.get("field") or "")
        spec = self.fresh(column, raw, known, entity) if "new_field" in raw else self.field(column, name, known)
        if spec is None:
            return None
        values, new = raw.get("values") or {}, raw.get("new") or {}
        if not isinstance(values, Mapping) or not isinstance(new, Mapping):
            self.wrong(column, _("This map cannot be read."))
            return None
        if isinstance(spec.kind, AnyReference) and registry.find(str(raw.get("entity") or "")) is None:
            self.wrong(column, _("Say which kind of record this column names."))
            return None
        unknown = self.word(raw, "unknown", UNKNOWN, "refuse")
        if unknown == "add" and not (isinstance(spec.kind, Choice) and spec.kind.fixed is None):
            self.wrong(column, _("Nothing can be added to the choices of “%(field)s”.") % {"field": spec.label})
        several = spec.kind.multiple
        return Target(
            column, self.places[column], spec, unknown, self.word(raw, "missing", MISSING, "refuse"), values, new,
            str(raw.get("text") or ""), str(raw["join"]) if "join" in raw else ", " if several else " ",
            str(raw.get("currency") or "").upper(), self.word(raw, "empty", EMPTY, "keep"),
            str(raw.get("entity") or ""), self.word(raw, "by", BY, ""),
        )  # fmt: skip

    def fresh(
        self, where: str, raw: Mapping[str, Any], known: Mapping[str, FieldSpec], entity: Entity
    ) -> FieldSpec | None:
        """A field that the import brings; one that is there already is taken with its rights."""
        said = (
            newfields.problem(raw, self.actor)
            if isinstance(raw["new_field"], Mapping)
            else _("This map cannot be read.")
        )
        held = newfields.there(entity, raw, known) if isinstance(raw["new_field"], Mapping) else None
        if held is not None:
            return self.field(where, held.name, known)
        if not said:
            try:
                return newfields.provisional(entity, raw)
            except Invalid as error:
                said = error.title
        self.wrong(where, said)
        return None

    def field(self, where: str, name: str, known: Mapping[str, FieldSpec]) -> FieldSpec | None:
        """A field that the actor may write; one that he may not see does not exist."""
        spec = known.get(name)
        if spec is None:
            self.wrong(where, _("There is no field called “%(name)s”.") % {"name": name[:60]})
            return None
        if not spec.writable or isinstance(spec.kind, File):
            self.wrong(where, _("“%(field)s” cannot be set by an import.") % {"field": spec.label})
            return None
        return spec

    def values(self, raw: Any, known: Mapping[str, FieldSpec], where: str) -> Mapping[str, Any]:
        """Fixed values for fields."""
        if raw in (None, {}):
            return {}
        if not isinstance(raw, Mapping):
            self.wrong(where, _("This map cannot be read."))
            return {}
        return {name: value for name, value in raw.items() if self.field(where, str(name), known)}

    def key(self, raw: Any, targets: Sequence[Target], known: Mapping[str, FieldSpec]) -> tuple[str, ...]:
        """The fields that say which record a row is."""
        names = [raw] if isinstance(raw, str) else list(raw or ())
        filled = {target.spec.name for target in targets}
        for name in names:
            spec = known.get(str(name))
            if spec is None or name not in filled:
                self.wrong("key", _("No column fills the key “%(name)s”.") % {"name": str(name)[:60]})
            elif not isinstance(spec.kind, Text | Choice | Reference) and not spec.kind.multiple:
                self.wrong("key", _("“%(field)s” cannot be a key.") % {"field": spec.label})
        return tuple(str(name) for name in names)

    def history(self, entity: Entity, raw: Any) -> tuple[int | None, int | None]:
        """The columns with the date and the author of each row; for those who may import everything."""
        if raw in (None, {}):
            return None, None
        if not isinstance(raw, Mapping):
            self.wrong("history", _("This map cannot be read."))
            return None, None
        self.strange("history", raw, {"at", "by"})
        if not may_backdate(self.actor, entity):
            self.wrong("history", _("Only those who may import everything may bring dates and authors."))
        places: list[int | None] = []
        for word in ("at", "by"):
            column = raw.get(word)
            if column and column not in self.places:
                self.wrong("history", _("The file has no column “%(name)s”.") % {"name": str(column)[:60]})
            places.append(self.places.get(str(column)) if column else None)
        return places[0], places[1]


def may_backdate(actor: Actor, entity: Entity) -> bool:
    """Whether a file of this actor may say when and by whom records were made."""
    return actor.scope(entity.key, "import") == Scope.ALL
