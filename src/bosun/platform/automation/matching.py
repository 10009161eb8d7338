"""Whether a condition holds: for one record in Python, for a batch with one query, and as an explanation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions
from bosun.kernel.env import Env
from bosun.platform import wording
from bosun.platform.automation import scoping
from bosun.platform.automation.clauses import Clause, FieldClause, Group, Node, RelatedClause
from bosun.platform.automation.subject import Subject

FEW = 3
"""Up to here each record is looked at in Python; from there on one query answers for all, where one is needed."""


def holds(node: Node, subject: Subject, env: Env) -> bool:
    """Whether a condition is true of one record."""
    if isinstance(node, Clause):
        return node.holds(subject, env)
    results = (holds(item, subject, env) for item in node.items)
    if node.mode == "all":
        return all(results)
    return any(results) if node.mode == "any" else not any(results)


def among(node: Node, subjects: Sequence[Subject], env: Env, stored: bool = True) -> list[Subject]:
    """Those of which a condition is true, and which the rule's identity may read.

    With `stored` the records are as the database has them, so that a query can tell; else Python looks at each.
    """
    if len(subjects) <= FEW or not stored or at_hand(node):
        looked = readable(subjects, env)
        return [looked[place] for place in _places(node, looked, list(range(len(looked))), env)]
    first = subjects[0]
    by_rest: dict[tuple[bool, ...], list[Subject]] = {}
    asked = event_clauses(node)
    for subject in subjects:
        by_rest.setdefault(tuple(each.holds(subject, env) for each in asked), []).append(subject)
    found: set[int] = set()
    for answers, part in by_rest.items():
        rest = settle(node, dict(zip(map(id, asked), answers, strict=True)))
        if rest is False:
            continue
        rows = access.visible(first.entity, env.actor).filter(pk__in=[each.draft.id for each in part])
        if rest is not True:
            rows = rows.filter(to_q(rest, part, env))
        found.update(rows.values_list("pk", flat=True))
    return [each for each in subjects if each.draft.id in found]


def _places(node: Node, subjects: Sequence[Subject], places: list[int], env: Env) -> list[int]:
    """As `holds` for many: which of these places hold, one comparison at a time over all that are left.

    Fifty rules over an import of ten thousand rows come by here; so it goes by comparison and not by record.
    """
    if isinstance(node, Clause):
        return node.among(subjects, places, env)
    if node.mode == "all":
        for item in node.items:
            if not places:
                break
            places = _places(item, subjects, places, env)
        return places
    found: set[int] = set()
    for item in node.items:
        found.update(_places(item, subjects, [place for place in places if place not in found], env))
    return [place for place in places if (place in found) is (node.mode == "any")]


def at_hand(node: Node) -> bool:
    """Whether the record itself tells, so that a query would cost more than looking at each of a batch."""
    if isinstance(node, Clause):
        return node.event or (isinstance(node, FieldClause) and node.at_hand)
    return all(at_hand(item) for item in node.items)


def readable(subjects: Sequence[Subject], env: Env) -> list[Subject]:
    """Those that the identity may read: as they are stored, live or in the bin, or as they would be once made."""
    if not subjects or env.actor.is_admin:
        return list(subjects)
    entity, act = subjects[0].entity, subjects[0].act
    if subjects[0].draft.new:
        open_ = scoping.would_read(entity, [each.record for each in subjects], env.actor, act.actor.id)
        return [each for each, may in zip(subjects, open_, strict=True) if may]
    ids = scoping.open_ids(entity, [each.draft.id for each in subjects], env.actor)
    return [each for each in subjects if each.draft.id in ids]


def event_clauses(node: Node) -> list[Clause]:
    """The clauses of a condition that the act alone decides."""
    if isinstance(node, Clause):
        return [node] if node.event else []
    return [found for item in node.items for found in event_clauses(item)]


def settle(node: Node, answers: dict[int, bool]) -> bool | Node:
    """What is left of a condition once it is known what the event's own clauses say; True or False where nothing is."""
    if isinstance(node, Clause):
        return answers.get(id(node), node)
    parts = [settle(item, answers) for item in node.items]
    left = tuple(part for part in parts if not isinstance(part, bool))
    if node.mode == "all":
        return False if any(part is False for part in parts) else Group("all", left) if left else True
    if any(part is True for part in parts):
        return node.mode == "any"
    return Group(node.mode, left) if left else node.mode == "none"


def told(node: Node, subject: Subject, env: Env) -> list[bool]:
    """What the clauses about the act say, or said when a rule that has waited since began."""
    if subject.told is not None:
        return list(subject.told)
    return [each.holds(subject, env) for each in event_clauses(node)]


def since_then(node: Node, answers: Sequence[bool]) -> bool | Node:
    """What is left of a condition to be asked again, once the act is past and its clauses were answered."""
    known = event_clauses(node)
    return settle(node, dict(zip(map(id, known), answers, strict=True))) if len(known) == len(answers) else node


def supposing(node: Node) -> bool | Node:
    """What is left of a condition where every clause about the event is taken to hold."""
    return settle(node, {id(each): True for each in event_clauses(node)})


def to_q(node: Node, subjects: Sequence[Subject], env: Env) -> Q:
    """The part of a condition that is stored, in SQL, for these records."""
    if isinstance(node, FieldClause):
        return conditions.to_q(node.leaf, env)
    if isinstance(node, RelatedClause):
        figures = zip(subjects, node.source.figures(subjects, env), strict=True)
        return Q(pk__in=[subject.draft.id for subject, figure in figures if node.compare(figure, env)])
    if not isinstance(node, Group):
        raise TypeError("a clause about the event is not stored")
    parts = [to_q(item, subjects, env) or Q(pk__isnull=False) for item in node.items]
    if node.mode == "all":
        return reduce(and_, parts, Q())
    found = reduce(or_, parts)
    return found if node.mode == "any" else ~found


def explain(node: Node, subject: Subject, env: Env) -> dict[str, Any]:
    """The whole tree with what each comparison saw and whether it held, also where the answer was clear before.

    It holds data and no words: whoever reads it has them in his language, as far as the fields are open to him.
    """
    if isinstance(node, Clause):
        seen = {"is": dict(node.form), "saw": node.saw(subject, env), "holds": node.holds(subject, env)}
        return {**seen, "of": node.fields()}
    items = [explain(item, subject, env) for item in node.items]
    return {"mode": node.mode, "items": items, "holds": holds(node, subject, env)}


def words(node: Node, env: Env) -> str:
    """A condition as part of a sentence."""
    if isinstance(node, Clause):
        return node.words(env)
    joiner = _(" and ") if node.mode == "all" else _(" or ")
    parts = [
        wording.bracketed(words(item, env)) if isinstance(item, Group) and len(item.items) > 1 else words(item, env)
        for item in node.items
    ]
    said = joiner.join(part for part in parts if part)
    return _("none of: %(conditions)s") % {"conditions": said} if node.mode == "none" and said else said
