"""What will come: rules that wait, for what and until when, in words, cut to what their reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, DoorError
from bosun.kernel.kinds import Moment
from bosun.platform.automation import actions, matching, scoping, throttle
from bosun.platform.automation.actions.wait import Wait
from bosun.platform.automation.models import Rule, Waiting

Json = dict[str, Any]
LATE = 60
"""Minutes from which it is said that something was late."""


def of_record(entity: Entity, pk: int, env: Env) -> list[Json]:
    """What waits on a record that the reader may read, the next one first."""
    records.get(entity, pk, env.actor)
    return [told(row, env) for row in _rows().filter(entity=entity.key, record_id=pk)]


def after(entity: Entity, changes: Sequence[int], env: Env) -> list[Json]:
    """What will happen later because of acts on records of an entity."""
    rows = _rows().filter(entity=entity.key, change_id__in=changes) if changes else ()
    return [told(row, env) for row in rows]


def of_new(entity: Entity, pk: int, env: Env) -> list[Json]:
    """What will happen later because a record was made just now, whoever may read it."""
    return [told(row, env) for row in _rows().filter(entity=entity.key, record_id=pk)]


def everything(actor: Actor, env: Env, limit: int = 200) -> list[Json]:
    """All that waits, the next one first, for those who read rules."""
    if not access.may(actor, registry.get("rules"), "read"):
        raise Denied()
    rules = Rule.objects.filter(access.rows(registry.get("rules"), actor)).values("pk")
    rows = list(_rows().filter(rule__in=rules)[:limit])
    open_ = scoping.open_records([(row.entity, row.record_id) for row in rows], actor)
    return [told(row, env, (row.entity, row.record_id) in open_) for row in rows]


def count(rule: int | None = None) -> int:
    """How many records rules wait on; what is about to end does not count for a rule."""
    rows = Waiting.objects.all() if rule is None else Waiting.objects.filter(rule_id=rule, ending="")
    return int(rows.count())


def _rows() -> Any:
    return Waiting.objects.select_related("rule").order_by("next_at", "pk")


def told(row: Waiting, env: Env, is_open: bool = True) -> Json:
    """One wait as a reader may see it; a date of a record that is not open to him is not told."""
    entity = registry.find(row.entity)
    rest = row.held["do"][row.step :]
    hidden = "field" in row.spec and not is_open
    dated = "field" not in row.spec or (row.until is not None and not hidden)
    at = row.since if hidden else row.until or row.next_at
    return {
        "id": row.pk,
        "rule": {"id": row.rule_id, "name": str(row.rule.name), "version": row.rule_version},
        "record": {"entity": row.entity, "id": row.record_id if is_open else None},
        "since": Moment().dump(row.since),
        "at": Moment().dump(at),
        "says": _says(row.spec, at if dated or (row.next_at > row.since and not hidden) else None, rest, entity, env)
        if entity
        else "",
        "then": later(rest, entity, env) if entity else [],
        "by": row.actor_name,
    }


def later(rest: Sequence[Mapping[str, Any]], entity: Entity, env: Env) -> list[str]:
    """What stands after a wait, in words; of what is not open to the reader only that it is something."""
    found = []
    for step in rest:
        try:
            found += [action.words(env) for action in actions.parse([step], entity, env)]
        except DoorError:
            found.append(_("something that is not open to you"))
    return found


def _says(spec: Mapping[str, Any], at: datetime | None, rest: Sequence[Any], entity: Entity, env: Env) -> str:
    what = _(", then ").join(later(rest, entity, env))
    when = Moment().text(at, env) if at else ""
    if "until" in spec:
        said = {"condition": _condition(spec, entity, env), "when": when, "what": what}
        if spec.get("then") == "end":
            return _("Waits until %(condition)s, until %(when)s at most, and then: %(what)s") % said
        return _("Waits until %(condition)s, or until %(when)s, and then: %(what)s") % said
    if not when:
        label = str(known.label) if (known := access.specs(entity, env.actor).get(str(spec.get("field")))) else "…"
        return _("Waits until “%(field)s” is filled in, and then: %(what)s") % {"field": label, "what": what}
    return _("Waits until %(when)s, and then: %(what)s") % {"when": when, "what": what}


def _condition(spec: Mapping[str, Any], entity: Entity, env: Env) -> str:
    try:
        wait = Wait.read({name: value for name, value in spec.items() if name != "action"}, entity, env)
    except DoorError:
        return _("a condition that is not open to you")
    return matching.words(wait.until, env) if wait.until is not None else ""


# what a run says of it -------------------------------------------------------------------------------------------


def held_back(done: Mapping[str, Any], env: Env) -> Json:
    """How often a rule was held back, and by which limit."""
    limit = throttle.parse(done["limit"])
    said = ngettext("Held back once: %(limit)s.", "Held back %(times)s times: %(limit)s.", done["times"])
    says = said % {"times": done["times"], "limit": limit.words() if limit else ""}
    return {"times": done["times"], "says": says}


def gone_on(done: Mapping[str, Any], env: Env) -> Json:
    """That a wait has ended, and how."""
    return {"since": done["since"], "says": " ".join(_gone_on(done, env))}


def begun(done: Mapping[str, Any], env: Env) -> Json:
    """That a wait has begun, and what will follow."""
    entity = registry.find(str(done.get("about", "")))
    at = datetime.fromisoformat(done["at"]) if done["at"] else None
    found: Json = {"at": Moment().dump(at) if at else None}
    if done.get("already"):
        return {**found, "says": _("It is waiting already, until %(when)s.") % {"when": Moment().text(at, env)}}
    said = _says(done["wait"], at, done["rest"], entity, env) if entity else ""
    return {**found, "says": said, "then": later(done["rest"], entity, env) if entity else []}


def _gone_on(done: Mapping[str, Any], env: Env) -> list[str]:
    said = [_("It had waited since %(when)s.") % {"when": Moment().text(datetime.fromisoformat(done["since"]), env)}]
    if done.get("passed"):
        said.append(_("What it waited for did not happen in time."))
    if done.get("late", 0) >= LATE:
        said.append(_("It was done late."))
    if done.get("changed"):
        said.append(_("The rule was changed meanwhile: it went on as it had begun."))
    if done.get("by"):
        said.append(_("Cancelled by %(who)s.") % {"who": done["by"]})
    return said


def endings() -> dict[str, str]:
    """Why a rule did not go on after it had waited."""
    return {
        "off": _("The rule was switched off meanwhile."),
        "deleted": _("The rule was removed meanwhile."),
        "cancelled": _("It was cancelled."),
        "record": _("The record was in the bin, or gone, when its time came."),
        "rights": _("The one with whose rights it acts may not read this record any more."),
        "identity": _("The one with whose rights it acts may not sign in any more."),
        "not_true": _("Its condition did not hold any more, as marked."),
        "passed": _("What it waited for did not happen in time."),
    }
