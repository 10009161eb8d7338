"""Runs and rules in words, cut to what their reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Moment
from bosun.platform.automation import happenings, matching
from bosun.platform.automation.models import DONE, FAILED, STATES, Run
from bosun.platform.automation.rulebook import Compiled

Json = dict[str, Any]
LATE = 60
"""Minutes from which a rule that acts by time says that it is late."""


def sentence(rule: Compiled) -> str:
    """What a rule does, in one sentence."""
    found = happenings.find(str(rule.row.event))
    if found is None:
        return ""
    env = rule.env
    when = _("When one of %(records)s is %(event)s") % {"records": found.entity.plural, "event": found.label}
    if found.word == happenings.TIME:
        at = rule.by_time.words(env) if rule.by_time else found.label
        when = _("For %(records)s, %(time)s") % {"records": found.entity.plural, "time": at}
    elif found.word not in ("created", "changed", "saved", "deleted", "restored"):
        when = _("When of %(records)s “%(event)s” is done") % {"records": found.entity.plural, "event": found.label}
    condition = matching.words(rule.condition, env)
    told = when + (_(", if %(condition)s") % {"condition": condition} if condition else "")
    if rule.row.guard:
        what = _("block it") if rule.row.guard == "block" else _("ask whether to go on")
    else:
        what = _(", then ").join(action.words(env) for action in rule.actions)
    return _("%(when)s: %(what)s.") % {"when": told, "what": what}


def run(row: Run, env: Env) -> Json:
    """One run as a reader may see it."""
    entity = registry.find(str(row.entity))
    return {
        "id": row.pk,
        "rule": {"id": row.rule_id, "name": str(row.rule.name), "version": row.rule_version},
        "event": row.event,
        "record": {"entity": row.entity, "id": row.record_id},
        "state": row.state,
        "state_label": str(STATES.get(str(row.state), row.state)),
        "at": Moment().dump(row.at),
        "ms": row.ms,
        "by": row.actor_name,
        "clauses": tree(row.clauses, entity, env) if entity else None,
        "results": [result(each, env) for each in row.results],
        "because_of": [{"rule": number, "name": name} for number, name, _entity in row.chain],
        "error": _error(row, env),
    }


def _error(row: Run, env: Env) -> str:
    if row.state == DONE or not row.error:
        return ""
    if row.error == "loop":
        return _("It would have gone round in a circle: it is at work on this record already.")
    if row.error == "deep":
        return _("Too many rules caused each other.")
    if row.state == FAILED and not access.may(env.actor, registry.get("rules"), "read"):
        return _("It failed; whoever made the rule has been told.")
    return str(row.error)


def tree(node: Mapping[str, Any], entity: Entity, env: Env) -> Json:
    """A condition with what it saw; comparisons of fields that are not open to the reader say only that."""
    if "items" in node:
        items = [tree(item, entity, env) for item in node["items"]]
        return {"mode": node["mode"], "holds": node["holds"], "items": items}
    if not node:
        return {}
    if not all(_open(key, name, entity, env) for key, name in node.get("of", ())):
        return {"says": _("A condition that is not open to you"), "saw": None, "holds": None}
    return {"says": node["says"], "saw": node["saw"], "holds": node["holds"]}


def _open(key: str, name: str, entity: Entity, env: Env) -> bool:
    """Whether a reader sees a field: of the very record where it is open to him, of others where he reads all."""
    other = registry.find(key)
    if other is None or name not in access.specs(other, env.actor):
        return False
    return other is entity or not access.rows(other, env.actor)


def result(done: Mapping[str, Any], env: Env) -> Json:
    """What one action did, with a sentence."""
    found: Json = {"action": done.get("action", "")}
    entity = registry.find(str(done.get("entity", "")))
    if "due" in done:
        found |= {"due": done["due"], "late": done["late"]}
        found["says"] = _("It was due at that time.") if done["late"] < LATE else _("It was done late.")
    elif "error" in done:
        found["says"] = _("It did not go through.")
    elif "skipped" in done:
        found["says"] = _("There was nothing to do.")
    elif "people" in done:
        found["says"] = _("Told %(people)s") % {"people": _names("users", done["people"], env)}
    elif entity is not None and "fields" in done:
        found |= {"entity": entity.key, "id": done["id"], "fields": _fields(done["fields"], entity, env)}
        said = ", ".join(
            f"{each['label']}: {each['before'] or '—'} → {each['after'] or '—'}" for each in found["fields"]
        )
        found["says"] = said or _("Nothing was different.")
    elif entity is not None:
        env.refs.load(entity.model, [done["id"]])
        card = env.refs.card(entity.model, done["id"])
        found |= {"entity": entity.key, "id": done["id"] if card else None}
        title = card["name"] if card else _("Not open to you")
        found["says"] = _("Made “%(title)s” in %(list)s") % {"title": title, "list": entity.plural}
    else:
        found["says"] = _("No further rule was asked.")
    return found


def _fields(fields: Mapping[str, Any], entity: Entity, env: Env) -> list[Json]:
    known = access.specs(entity, env.actor)
    found = []
    for name, (old, new) in fields.items():
        if name not in known:
            continue
        kind = known[name].kind
        values = [kind.load(old), kind.load(new)]
        for value in values:
            for model, pk in kind.refers(value):
                env.refs.load(model, [pk])
        before, after = (kind.text(value, env) for value in values)
        found.append({"field": name, "label": str(known[name].label), "before": before, "after": after})
    return found


def _names(key: str, ids: list[int], env: Env) -> str:
    model = registry.get(key).model
    env.refs.load(model, ids)
    return ", ".join(str((env.refs.card(model, pk) or {"name": "?"})["name"]) for pk in ids) or _("nobody")
