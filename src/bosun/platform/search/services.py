"""Global search: the first hits of each entity, as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.lib import text as texts
from bosun.platform.search import finding, index
from bosun.platform.search.finding import Question

WINDOW = 1000
"""How many of the hits are looked at first; further ones only when too few of these are open to the reader."""


@dataclass(frozen=True)
class Hit:
    """One record found. `exact` says that its title is what was typed."""

    entity: str
    id: int
    title: str
    subtitle: str
    icon: str
    exact: bool = False


def searched(env: Env) -> list[Entity]:
    """The entities in which a global search looks: those of the main menu that the reader may read."""
    return [
        entity
        for entity in registry.all_entities()
        if entity.search and entity.menu == "main" and access.may(env.actor, entity, "read")
    ]


def find(typed: str, env: Env, entities: Sequence[Entity] | None = None, limit: int = 10) -> list[Hit]:
    """At most `limit` hits of each entity: exact titles first, of whatever entity, then titles that begin so."""
    typed = typed.strip()[:200]
    if not typed:
        return []
    wanted = [
        entity
        for entity in (searched(env) if entities is None else entities)
        if entity.search and access.may(env.actor, entity, "read")
    ]
    found = _Found.of(wanted, typed, env)
    hits = [hit for entity in wanted for hit in _hits(entity, found, env, limit)]
    return sorted(hits, key=lambda hit: not hit.exact)


@dataclass(frozen=True)
class _Found:
    """What the index holds for a typed query, whoever may see it: by entity, in one query each."""

    typed: str
    folded: str
    titles: Mapping[str, list[tuple[int, str]]]
    questions: Mapping[str, Question]
    newest: Mapping[str, list[int]]

    @classmethod
    def of(cls, entities: Sequence[Entity], typed: str, env: Env) -> _Found:
        """Ask the index."""
        folded = texts.fold(typed)[:200]
        titled = [entity for entity in entities if folded and _titled(entity, env)]
        asked = {entity.key: finding.ask(entity, typed, env) for entity in entities}
        questions = {key: question for key, question in asked.items() if question is not None}
        worded = [question for question in questions.values() if not question.literal]
        return cls(
            typed, folded, finding.titled(titled, folded, WINDOW), questions, finding.newest(worded, WINDOW)
        )  # fmt: skip


def _titled(entity: Entity, env: Env) -> bool:
    """True when the reader may know the titles of an entity."""
    title = entity.title_spec
    return title is not None and title.name in access.specs(entity, env.actor)


def _hits(entity: Entity, found: _Found, env: Env, limit: int) -> list[Hit]:
    rows: dict[int, Any] = {}
    for part in _steps(entity, found, env):
        rows.update({row.pk: row for row in part[:limit] if row.pk not in rows})
        if len(rows) >= limit:
            break
    kept = list(rows.values())[:limit]
    records.preload(entity, kept, env, _told(entity, env))
    folded = found.folded if _titled(entity, env) else ""
    return [_hit(entity, row, folded, env) for row in kept]


def _steps(entity: Entity, found: _Found, env: Env) -> Iterator[QuerySet[Any]]:
    """Ever wider questions, the best hits first; none where the index holds nothing."""
    titles = found.titles.get(entity.key, [])
    question = found.questions.get(entity.key)
    newest = found.newest.get(entity.key, [])
    # A query costs as much as three rows before it reaches the database.
    parts = [[pk for pk, title in titles if title == found.folded], [pk for pk, _title in titles], newest]
    more = question is not None and (bool(question.literal) or len(newest) >= WINDOW)
    if any(parts) or more:
        named = access.visible(entity, env.actor, few=True).order_by("-pk")
        yield from (named.filter(finding.among(ids)) for ids in parts if ids)
        if more:
            yield access.visible(entity, env.actor).order_by("-pk").filter(finding.condition(entity, found.typed, env))


def _told(entity: Entity, env: Env) -> list[str]:
    """The fields that tell a hit from others of the same name."""
    title = entity.title_spec
    known = access.specs(entity, env.actor)
    told = [*entity.highlight, *entity.columns]
    return [name for name in dict.fromkeys(told) if name in known and (title is None or name != title.name)][:4]


def _hit(entity: Entity, row: Any, folded: str, env: Env) -> Hit:
    known = access.specs(entity, env.actor)
    title = entity.title_spec
    name = str(title.get(row) or "") if title is not None and title.name in known else ""
    parts = [known[told].kind.text(known[told].get(row), env) for told in _told(entity, env)]
    return Hit(
        entity.key,
        row.pk,
        name or f"{entity.label} {row.pk}",
        " · ".join([part for part in parts if part][:2]),
        entity.icon,
        bool(folded) and texts.fold(name)[:200] == folded,
    )


def reindex(keys: Sequence[str] = ()) -> dict[str, int]:
    """Make the documents of these entities anew, or of all; answers how many of each."""
    chosen = [entity for entity in registry.all_entities() if entity.search and (not keys or entity.key in keys)]
    return {entity.key: index.rebuild(entity) for entity in chosen}
