"""The condition that typed words put on records, made for the database at hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThan

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor, Scope
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Reference
from bosun.kernel.kinds.text import Position
from bosun.platform.search import words
from bosun.platform.search.index import SPAN, base_of, number_of, places
from bosun.platform.search.models import Document, Words

MANY = 10_000
"""More hits than this are not gathered where the reader sees fewer rows than this."""
NOTHING = Q(pk__in=[])
LAST = "\U0010ffff"
"""Sorts behind every character."""


@dataclass(frozen=True)
class Question:
    """A typed query as it is put to the documents of one entity. `literal` must stand in the title as it is."""

    entity: Entity
    base: int
    groups: list[list[tuple[str, bool]]]
    literal: str = ""

    def newest(self, most: int) -> list[int]:
        """Ids of at most so many records that meet it, seen or not; the newest, where that costs nothing."""
        return newest([self], most)[self.entity.key]

    def is_many(self) -> bool:
        """True when more records meet it than one gathers without need."""
        hits = Words.objects.filter(words__match=words.fts5(self.groups))
        return bool(hits[: MANY + 1].count() > MANY)

    def gathered(self) -> Any:
        """The ids of all records that meet it, as a subquery that is run once."""
        if connection.vendor == "postgresql":
            sql = "SELECT found - %s FROM search_found(%s::tsquery, NULL) AS found"
            return RawSQL(sql, [self.base, words.tsquery(self.groups)])  # noqa: S611 - what users type is a parameter
        return Words.objects.filter(words__match=words.fts5(self.groups)).values(record=F("id") - self.base)

    def each(self) -> Q:
        """The question put to the document of one row after the other, however many others meet it."""
        own = Document.objects.filter(pk=OuterRef("pk") + self.base)
        if connection.vendor == "postgresql":
            return Q(Exists(own.filter(words__match=words.tsquery(self.groups))))
        return Q(Exists(own.filter(_held(self.groups))))

    def is_everywhere(self) -> bool:
        """True when what was typed is so short that it is met all over a list in whatever order.

        Then the first page is soon full. A longer word may stand in a heap at the end of the order (all that begins
        with the name of one province), and to look at each row before it would take seconds.
        """
        typed = [word[words.HEAD :] for group in self.groups for word, _begins in group]
        return all(word.isascii() and len(word) <= (3 if word.isdigit() else 2) for word in typed)

    def is_common(self) -> bool:
        """True when a third of all records meet it, so that among the first rows of any order some will."""
        own = Document.objects.filter(pk__gt=self.base, pk__lt=self.base + SPAN)
        last = own.order_by("-pk").values_list("pk", flat=True).first() or self.base
        most = (last - self.base) // 3 + 1
        with connection.cursor() as cursor:
            query = words.tsquery(self.groups)
            cursor.execute("SELECT count(*) FROM search_found(%s::tsquery, %s)", [query, most])
            return bool(cursor.fetchone()[0] >= most)


def newest(questions: Sequence[Question], most: int) -> dict[str, list[int]]:
    """At most so many ids for each question, by the key of its entity; asked in one query."""
    found: dict[str, list[int]] = {question.entity.key: [] for question in questions}
    if connection.vendor == "postgresql":
        part, spell = "SELECT search_found(%s::tsquery, %s) AS id", words.tsquery
    else:
        part = "SELECT rowid AS id FROM search_words WHERE search_words MATCH %s ORDER BY rowid DESC LIMIT %s"
        spell = words.fts5
    by_number = {question.base // SPAN: found[question.entity.key] for question in questions}
    for (pk,) in _each(part, [[spell(question.groups), most] for question in questions]):
        by_number[pk // SPAN].append(pk % SPAN)
    return found


def titled(entities: Sequence[Entity], folded: str, most: int) -> dict[str, list[tuple[int, str]]]:
    """Id and title of records whose title begins so, in alphabetical order, by entity; asked in one query."""
    found: dict[str, list[tuple[int, str]]] = {entity.key: [] for entity in entities}
    part = (
        "SELECT entity, record_id, title FROM search_document "
        "WHERE entity = %s AND title >= %s AND title < %s ORDER BY title LIMIT %s"
    )
    for key, pk, title in _each(part, [[entity.key, folded, folded + LAST, most] for entity in entities]):
        found[key].append((pk, title))
    return found


def _each(part: str, parameters: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows of one question after the other's."""
    if not parameters:
        return []
    sql = " UNION ALL ".join(f"SELECT * FROM ({part}) AS part{number}" for number in range(len(parameters)))  # noqa: S608 - parts of our own
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for each in parameters for value in each])
        return list(cursor.fetchall())


def ask(entity: Entity, typed: str, env: Env) -> Question | None:
    """The question behind a typed query; None where nothing can meet it."""
    asked = words.read(typed)
    fields = open_fields(entity, env.actor)
    number = number_of(entity)
    title = entity.title_spec
    if asked.signs:
        own = places(entity)
        fields = [field for field in fields if title is not None and own[field] == title.name]
    if number is None or not fields or not (asked.words or asked.signs):
        return None
    literal = typed.strip().lower() if asked.signs else ""
    return Question(entity, base_of(number), words.alternatives(number, asked, fields), literal)


def condition(entity: Entity, typed: str, env: Env) -> Q:
    """The rows in which every typed word begins a word of a field that is open to the reader."""
    question = ask(entity, typed, env)
    if question is None:
        return NOTHING
    found = _on_postgres(question, env) if connection.vendor == "postgresql" else _on_sqlite(question, env)
    title = entity.title_spec
    if question.literal and title is not None:
        found &= title.q(entity.key, "contains", question.literal)
    return found


def _on_postgres(question: Question, env: Env) -> Q:
    ids = question.newest(MANY + 1)
    if len(ids) <= MANY:
        return among(ids)
    if sees_few(question.entity, env.actor) or question.is_everywhere() or question.is_common():
        return question.each()
    return Q(pk__in=question.gathered())


def _on_sqlite(question: Question, env: Env) -> Q:
    if sees_few(question.entity, env.actor) and question.is_many():
        return question.each()
    return Q(pk__in=question.gathered())


def among(ids: Sequence[int]) -> Q:
    """The rows of these ids, each looked up by its id.

    A long list written out makes SQLite start from the rights instead, from each record that one may see to each id,
    and keeps PostgreSQL planning for a tenth of a second.
    """
    if not ids:
        return NOTHING
    if connection.vendor == "postgresql":
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(ids)]))
    return Q(pk__in=RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))]))


def open_fields(entity: Entity, actor: Actor) -> list[int]:
    """The places, in the declaration, of the searched fields that the actor may read."""
    return [place for place, name in places(entity).items() if _is_open(entity, name, actor)]


def _is_open(entity: Entity, name: str, actor: Actor) -> bool:
    ref, _dot, field = name.partition(".")
    spec = access.specs(entity, actor).get(ref)
    if spec is None or not field:
        return spec is not None
    # Words of another record count only for those who may see that record wherever they see this one.
    if not isinstance(spec.kind, Reference):
        return False
    target = registry.of(spec.kind.model)
    seen = entity.rights_from == ref or target.open_to_all or actor.scope(target.key, "read") == Scope.ALL
    return seen and field in access.specs(target, actor)


def _held(groups: Sequence[Sequence[tuple[str, bool]]]) -> Q:
    """The same question put to one document's text: a microsecond for each, however many others have the word."""
    found = Q()
    for group in groups:
        parts = [word if begins else f"{word} " for word, begins in group]
        found &= reduce(or_, (Q(GreaterThan(Position(F("words"), Value(f" {part}")), 0)) for part in parts))
    return found


def sees_few(entity: Entity, actor: Actor) -> bool:
    """True when the rows open to the actor are so few that each may be looked at."""
    if entity.open_to_all or actor.scope(entity.key, "read") == Scope.ALL:
        return False
    rows: Any = access.visible(entity, actor)
    return bool(rows[: MANY + 1].count() <= MANY)
