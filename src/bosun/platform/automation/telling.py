"""Runs and rules in words, cut to what their reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError
from bosun.kernel.kinds import Moment
from bosun.platform import wording
from bosun.platform.automation import clauses, coming, happenings, matching, resulting
from bosun.platform.automation.models import DONE, ENDED, FAILED, STATES, Run
from bosun.platform.automation.rulebook import Compiled

Json = dict[str, Any]


def sentence(rule: Compiled) -> str:
    """What a rule does, in one sentence."""
    found = happenings.find(str(rule.row.event))
    if found is None:
        return ""
    env = rule.env
    condition = matching.words(rule.condition, env)
    when = _when(rule, found)
    told = when + (_(", if %(condition)s") % {"condition": condition} if condition else "")
    if rule.row.guard:
        what = _guards(rule)
    else:
        what = _(", then ").join(action.words(env) for action in rule.actions)
        what += f" ({rule.throttle.words()})" if rule.throttle else ""
    return _("%(when)s: %(what)s.") % {"when": told, "what": what}


def _guards(rule: Compiled) -> str:
    """What a guard does, with its reason."""
    if rule.row.guard == "block":
        what = _("block it")
    elif rule.row.needs_text:
        what = _("ask whether to go on, and why")
    else:
        what = _("ask whether to go on")
    reason = str(rule.row.reason or "").strip()
    return _("%(what)s (“%(reason)s”)") % {"what": what, "reason": reason} if reason else what


def _when(rule: Compiled, found: happenings.Happening) -> str:
    name = str(found.entity.label)
    lowered = name if name[1:2].isupper() else name[:1].lower() + name[1:]
    said = {"records": found.entity.plural, "record": lowered, "event": found.label}
    # English has two articles; other languages say both sentences alike.
    vowel = lowered[:1].lower() in "aeiou"
    if found.word == happenings.TIME:
        at = rule.by_time.words(rule.env) if rule.by_time else found.label
        return _("For %(records)s, %(time)s") % {"records": found.entity.plural, "time": at}
    if found.word in ("created", "changed", "saved", "deleted", "restored", happenings.HOOK):
        form = _("When an %(record)s is %(event)s") if vowel else _("When a %(record)s is %(event)s")
    else:
        said["event"] = wording.value(str(found.label))
        form = (
            _("When “%(event)s” is done to an %(record)s") if vowel else _("When “%(event)s” is done to a %(record)s")
        )
    return form % said


def run(row: Run, env: Env, is_open: bool = True) -> Json:
    """One run as a reader may see it; where the record is not open to him, only that the rule ran and how it went."""
    entity = registry.find(str(row.entity))
    about = (str(row.entity), int(row.record_id)) if is_open else None
    return {
        "id": row.pk,
        "rule": {"id": row.rule_id, "name": str(row.rule.name), "version": row.rule_version},
        "event": row.event,
        "record": {"entity": row.entity, "id": row.record_id if is_open else None},
        "state": row.state,
        "state_label": str(STATES.get(str(row.state), row.state)),
        "at": Moment().dump(row.at),
        "ms": row.ms,
        "by": row.actor_name,
        "clauses": tree(row.clauses, entity, env) if entity and is_open else None,
        "results": [resulting.result(each, env, about) for each in row.results] if is_open else [],
        "because_of": [{"rule": number, "name": name} for number, name, _entity in row.chain],
        "error": _error(row, env, is_open),
    }


def _error(row: Run, env: Env, is_open: bool) -> str:
    if row.state == DONE or not row.error:
        return ""
    if row.error == "loop":
        return _("It would have gone round in a circle: it is at work on this record already.")
    if row.state == ENDED:
        return coming.endings().get(row.error, row.error)
    if row.error == "deep":
        return _("Too many rules caused each other.")
    if row.state == FAILED and not (is_open and _may_mend(row, env)):
        return _("It failed; whoever made the rule has been told.")
    return str(row.error)


def _may_mend(row: Run, env: Env) -> bool:
    """Whether the reader is one who can do something about a failure: what it says may name what others do not see."""
    return env.actor.is_admin or access.may_row(registry.get("rules"), env.actor, "change", row.rule_id)


def tree(node: Mapping[str, Any], entity: Entity, env: Env) -> Json:
    """A condition with what it saw; comparisons of fields that are not open to the reader say only that."""
    if "items" in node:
        items = [tree(item, entity, env) for item in node["items"]]
        return {"mode": node["mode"], "holds": node["holds"], "items": items}
    if not node:
        return {}
    own = _of_itself(node.get("is", {}))
    for place, (key, name) in enumerate(node.get("of", ())):
        if not _open(key, name, place < own, env):
            return _closed()
    return clause(node, entity, env)


def clause(node: Mapping[str, Any], entity: Entity, env: Env) -> Json:
    """One comparison for its reader, who may see the fields in it; runs of earlier versions of Bosun hold words."""
    if "says" in node:
        return {"says": node["says"], "saw": node["saw"], "holds": node["holds"]}
    try:
        # As a program wrote it: a person's env would take "1.500" for what his language makes of it.
        found: Any = clauses.parse(node["is"], entity, replace(env, strict=True))
        return {"says": found.words(env), "saw": found.saw_words(node["saw"], env), "holds": node["holds"]}
    except DoorError:
        return _closed()


def _closed() -> Json:
    return {"says": _("A condition that is not open to you"), "saw": None, "holds": None}


def _of_itself(form: Mapping[str, Any]) -> int:
    """How many of the fields that a comparison looks at, the first ones, are of the very record."""
    return 1 if "field" in form or form.get("at") else 0


def _open(key: str, name: str, own: bool, env: Env) -> bool:
    """Whether a reader sees a field: of the very record where it is open to him, of others where he reads all."""
    other = registry.find(key)
    if other is None or name not in access.specs(other, env.actor):
        return False
    return own or not access.rows(other, env.actor)
