"""A map that fits a file: columns matched to fields by their headers, then by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.kinds import AnyReference, Choice, Date, Email, Kind, Phones, Reference, Structured, Url
from bosun.kernel.specs import FieldSpec
from bosun.lib import dates
from bosun.lib import text as texts
from bosun.platform.exports import version
from bosun.platform.imports import files
from bosun.platform.imports.analysis import Analysis, Column, analyse
from bosun.platform.imports.models import Import
from bosun.platform.imports.synonyms import names_of, plain, version_names

TELLING = (Email, Phones, Url, Date, Choice, Reference)
"""Kinds whose values can be told by looking at them."""
MOST_VALUES = 60
ALIKE = 85
"""Of a hundred; from here on two spellings are taken for one word."""
_WEB = re.compile(r"^https?://|^www\.|^[\w-]+(\.[\w-]+)*\.[a-z]{2,}(/|$)", re.IGNORECASE)


@dataclass
class Guess:
    """Why a column goes where it goes, for the wizard: by its header, by its content, or nowhere."""

    column: str
    field: str = ""
    by: str = ""
    sure: int = 0


@dataclass
class Proposal:
    """A map, and the reason for each of its columns. `ignored` are headers of fields that no import sets."""

    map: dict[str, Any]
    guesses: list[Guess] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def analyse_import(made: Import, actor: Actor) -> Analysis:
    """Look through the file of an import."""
    return analyse(files.content(made.digest), made.file_name, made.reading)


def propose(key: str, analysis: Analysis, actor: Actor) -> Proposal:
    """The map that fits; fields that the actor may not write are never proposed."""
    entity = registry.find(key)
    if entity is None or not access.may(actor, entity, "read"):
        raise NotFound()
    if not access.may(actor, entity, "import"):
        raise Denied()
    env = records.environment(actor, strict=False)
    known = access.specs(entity, actor)
    open_ = {name: spec for name, spec in known.items() if spec.writable and not isinstance(spec.kind, Structured)}
    guesses = [Guess(column.header) for column in analysis.columns]
    taken = _by_header(entity, open_, guesses)
    closed = [spec for name, spec in known.items() if name not in open_]
    # What names a field that is closed says what it is; its content makes it no other one.
    told = {guess.column for guess in guesses if not guess.field and _means(entity, closed, guess.column)}
    _by_content(
        open_, [(c, g) for c, g in zip(analysis.columns, guesses, strict=True) if g.column not in told], taken, env
    )
    columns = {
        guess.column: _target(open_[guess.field], column, env)
        for guess, column in zip(guesses, analysis.columns, strict=True)
        if guess.field
    }
    made: dict[str, Any] = {"entity": entity.key, "columns": columns, **_key(entity, taken), "on_match": "update"}
    if "key" in made:
        _version(analysis.columns, guesses, columns)
    order = _date_order(open_, guesses, analysis.columns)
    if order:
        made["dates"] = order
    ignored = [guess.column for guess in guesses if guess.column in told]
    return Proposal(made, guesses, ignored)


def _by_header(entity: Entity, specs: Mapping[str, FieldSpec], guesses: Sequence[Guess]) -> set[str]:
    """The surest pairs first, each field once; further columns of phones or tags join the first."""
    names = {name: names_of(entity, spec) for name, spec in specs.items()}
    pairs = sorted(
        (
            (held[plain(guess.column)], -place, name)
            for place, guess in enumerate(guesses)
            for name, held in names.items()
            if plain(guess.column) in held
        ),
        reverse=True,
    )
    taken: set[str] = set()
    for sure, place, name in pairs:
        guess = guesses[-place]
        if guess.field or (name in taken and not specs[name].kind.multiple):
            continue
        guess.field, guess.by, guess.sure = name, "header", sure
        taken.add(name)
    return taken


def _version(columns: Sequence[Column], guesses: Sequence[Guess], made: dict[str, Any]) -> None:
    """The column that an export wrote for the version of each record, where the file still has it."""
    for guess, column in zip(guesses, columns, strict=True):
        figures = all(value.isascii() and value.isdigit() for value in column.values)
        if not guess.field and column.values and figures and plain(column.header) in version_names():
            made[column.header], guess.by, guess.sure = version.NAME, "header", 100
            return


def _by_content(
    specs: Mapping[str, FieldSpec], asked: Sequence[tuple[Column, Guess]], taken: set[str], env: Env
) -> None:
    left = {name: spec for name, spec in specs.items() if name not in taken and _telling(spec.kind)}
    pairs = []
    for place, (column, guess) in enumerate(asked):
        if guess.field or not column.values:
            continue
        for name, spec in left.items():
            share = _share(spec.kind, column.values[:MOST_VALUES], env)
            if share >= _enough(spec.kind):
                pairs.append((share, -place, name))
    for share, place, name in sorted(pairs, reverse=True):
        guess = asked[-place][1]
        if guess.field or name in taken:
            continue
        guess.field, guess.by, guess.sure = name, "content", round(share * 60)
        taken.add(name)


def _telling(kind: Kind) -> bool:
    return isinstance(kind, TELLING) and not (kind.multiple and isinstance(kind, Reference | Choice))


def _enough(kind: Kind) -> float:
    return 0.6 if isinstance(kind, Choice | Reference) else 0.8


def _share(kind: Kind, values: Sequence[str], env: Env) -> float:
    """Which part of these values the kind can read."""
    if isinstance(kind, Phones) and not any(sum(map(str.isdigit, value)) >= 7 for value in values):
        return 0.0
    if isinstance(kind, Url):
        values = [value if _WEB.search(value) else "" for value in values]
    if isinstance(kind, Date):
        values = [value for value in values if not value.isdigit() or len(value) == 8]
    if isinstance(kind, Reference):
        if all(value.isdigit() for value in values):
            return 0.0
        env.refs.expect(kind.model, [{"name": value} for value in values])
    good = sum(_reads(kind, value, env) for value in values)
    return good / len(values) if values else 0.0


def _reads(kind: Kind, value: str, env: Env) -> bool:
    try:
        return kind.parse({"name": value} if isinstance(kind, Reference) else value, env) is not None
    except Invalid:
        return False


def _target(spec: FieldSpec, column: Column, env: Env) -> Any:
    """A column's target, with what is asked about values that are not there."""
    kind = spec.kind
    if isinstance(kind, Choice) and kind.fixed is None:
        unknown = [value for value in column.values if kind.find(value) is None]
        return {"field": spec.name, "unknown": "add", "values": _near(kind, unknown, env)} if unknown else spec.name
    if isinstance(kind, Reference | AnyReference):
        return {"field": spec.name, "missing": "refuse"}
    return spec.name


def _near(kind: Choice, unknown: Sequence[str], env: Env) -> dict[str, str]:
    """Options that a misspelt value most likely means."""
    labels = {key: texts.fold(option.text(env.language)) for key, option in kind.options().items()}
    found = {}
    for value in unknown:
        best = process.extractOne(texts.fold(value), labels, scorer=fuzz.ratio, score_cutoff=ALIKE)
        if best is not None:
            found[value] = str(best[2])
    return found


def _key(entity: Entity, taken: set[str]) -> dict[str, str]:
    """What says which record a row is: the external ID where the file has one, else a natural key, else the name."""
    title = entity.title_spec.name if entity.title_spec else ""
    key = next((name for name in ("external_id", *entity.natural, title) if name in taken), "")
    return {"key": key} if key else {}


def _date_order(specs: Mapping[str, FieldSpec], guesses: Sequence[Guess], columns: Sequence[Column]) -> str:
    values = [
        value
        for guess, column in zip(guesses, columns, strict=True)
        if guess.field and isinstance(specs[guess.field].kind, Date)
        for value in column.values
    ]
    return dates.guess_order(values) or ""


def _means(entity: Entity, closed: Sequence[FieldSpec], header: str) -> bool:
    return any(plain(header) in names_of(entity, spec) for spec in closed)


def unknown_values(spec: FieldSpec, column: Column, env: Env) -> list[str]:
    """Values of a column that a choice does not have, for the wizard to ask about."""
    kind = spec.kind
    return [value for value in column.values if kind.find(value) is None] if isinstance(kind, Choice) else []
