"""What automation did, where people look: on a record's page, in the timeline, and in a line after each save."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.kernel.kinds import Moment
from bosun.platform.automation import coming, console, guarding, happenings, mending, rulebook, scoping, services
from bosun.platform.automation.models import DONE, FAILED, HELD, STOPPED
from bosun.web.present import record_url
from bosun.web.visit import Visit

Json = dict[str, Any]
SHOWN = 50
TONES = {DONE: "good", FAILED: "overdue", STOPPED: "due", HELD: "due"}
MOST_SAID = 3
FOLLOWED = "followed"
"""Where the session keeps which act's effects its next page tells."""


# after a save ----------------------------------------------------------------------------------------------------


def effects(entity: Entity, env: Env, change_id: int | None = None, new: int | None = None) -> str:
    """What rules did because of one act, or because a record was made, in a line; nothing where none acted."""
    runs = services.of_new(entity, new, env) if new is not None else services.after(entity, change_id, env)
    said = [_one(run) for run in runs]
    more = _("and %(n)s more rules") % {"n": len(said) - MOST_SAID} if len(said) > MOST_SAID else ""
    return " ".join([*said[:MOST_SAID], *([more] if more else [])])


def _one(run: Json) -> str:
    what = run["error"] or "; ".join(result["says"] for result in run["results"])
    return _("Rule “%(rule)s”: %(what)s.") % {"rule": run["rule"]["name"], "what": what.rstrip(".")}


def remember(visit: Visit, entity: Entity, pk: int, said: str, change_id: int | None = None) -> str:
    """Have the record's page say once, at length, what rules did; `said` is that in a line, and comes back."""
    if said:
        visit.request.session[FOLLOWED] = [entity.key, pk, change_id or 0, entity.key, pk]
    return said


def on_page_of(visit: Visit, entity: Entity, pk: int, made: Entity, new: int) -> str:
    """What rules did because a record was made on the page of another one: in a line, and once at length there."""
    said = effects(made, visit.env, new=new)
    if said:
        visit.request.session[FOLLOWED] = [entity.key, pk, 0, made.key, new]
    return said


def followed(visit: Visit, entity: Entity, record: Any) -> Json | None:
    """What followed from the last act of this visitor on this record; None where it was said, or nothing followed."""
    held = visit.request.session.get(FOLLOWED)
    if not held or held[:2] != [entity.key, record.pk]:
        return None
    del visit.request.session[FOLLOWED]
    _key, _pk, change, key, new = held
    acted = registry.find(key) or entity
    runs = services.after(acted, change, visit.env) if change else services.of_new(acted, new, visit.env)
    return {"runs": [_run(run) for run in runs]} if runs else None


def told(text: str, said: str) -> str:
    """A toast's words with what rules did behind them."""
    return f"{text} {said}" if said else text


def after_many(entity: Entity, drafts: Iterable[Any], env: Env) -> str:
    """What rules did in an act on several records: of one in full, of more by number."""
    ids = [draft.change_id for draft in drafts if draft.failure is None and draft.change_id]
    if len(ids) == 1:
        return effects(entity, env, ids[0])
    counted = console.acted(entity, ids)
    told = [_("Rule “%(rule)s”: %(n)s times.") % {"rule": name, "n": done} for name, done, _n in counted if done]
    failed = [_("Rule “%(rule)s” failed %(n)s times.") % {"rule": name, "n": n} for name, _n, n in counted if n]
    return " ".join((*told, *failed))


# in the timeline -------------------------------------------------------------------------------------------------


def authors(entries: Sequence[Any]) -> dict[str, str]:
    """For each cause among the entries of the ledger the words that stand for who did it."""
    found = console.names(entry.cause for entry in entries if entry.door == "rule")
    return {cause: _("by rule “%(rule)s”") % {"rule": name} for cause, name in found.items()}


def answered(entries: Sequence[Any]) -> dict[int, list[str]]:
    """For each act among the entries of the ledger what was said to the rules that asked before it, in sentences."""
    found = guarding.answers(entry.id for entry in entries)
    return {change: [_answer(rule, text) for rule, text in said] for change, said in found.items()}


def _answer(rule: str, text: str) -> str:
    if not text:
        return _("Went on although the rule “%(rule)s” asked.") % {"rule": rule}
    return _("Went on although the rule “%(rule)s” asked: “%(text)s”") % {"rule": rule, "text": text}


# on the record ---------------------------------------------------------------------------------------------------


def offered(entity: Entity) -> bool:
    """Whether a record's page speaks of automation."""
    return happenings.automatable(entity)


def of_record(visit: Visit, entity: Entity, record: Any) -> Json:
    """What rules did to a record, and why a rule did or did not run, as far as the reader may see that."""
    wanted = visit.request.GET.get("rule", "")
    rule = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
    rules = console.about(entity)
    runs = services.runs_of(entity, record.pk, visit.env, SHOWN + 1)
    before = visit.request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        runs = services.runs_of(entity, record.pk, visit.env, SHOWN + 1, int(before))
    may = access.may(visit.actor, registry.get("rules"), "change")
    undoable = mending.undoable([run["id"] for run in runs[:SHOWN]]) if may else set()
    at = f"{record_url(entity, record.pk)}/pages/automation"
    return {
        "waits": [] if before else waits_of(visit, coming.of_record(entity, record.pk, visit.env)),
        "runs": [_linked(_run(run), visit, undoable) for run in runs[:SHOWN]],
        "rules": [{"id": pk, "name": name if on else _("%(rule)s (off)") % {"rule": name}} for pk, name, on in rules],
        "rule": rule,
        "why": _why(visit, entity, record, rule) if rule else None,
        "action": at,
        "more_url": f"{at}?before={runs[SHOWN - 1]['id']}" if len(runs) > SHOWN else "",
    }


def beside(visit: Visit, entity: Entity, record: Any) -> Json | None:
    """What rules will do later with a record, beside it; None where nothing waits."""
    if not rulebook.any_for(entity):
        return None
    waits = coming.of_record(entity, record.pk, visit.env)
    if not waits:
        return None
    address = f"{record_url(entity, record.pk)}/pages/automation"
    items = [
        {
            "name": _(", then ").join(each["then"]),
            "url": f"{address}#automation-waits",
            "note": Moment().text(Moment().load(each["at"]), visit.env),
        }
        for each in waits
    ]
    return {"key": "waits", "title": _("What will happen later"), "url": address, "count": len(items), "items": items}


def waits_of(visit: Visit, waits: list[Json]) -> list[Json]:
    """What waits, with the address that cancels it for those who may change rules."""
    may = scoping.open_ids(registry.get("rules"), [each["rule"]["id"] for each in waits], visit.actor, "change")
    address = "/settings/automation/waiting/{}/cancel"
    return [
        {
            **each,
            "at": Moment().load(each["at"]),
            "cancel": address.format(each["id"]) if each["rule"]["id"] in may else "",
        }
        for each in waits
    ]


def _why(visit: Visit, entity: Entity, record: Any, rule: int) -> Json | None:
    try:
        found = services.why(entity, record.pk, rule, visit.env)
    except NotFound:
        return None
    return {**found, "run": _run(found["run"]) if found["run"] else None}


def _run(run: Json) -> Json:
    """One run as the page draws it."""
    return {
        **run,
        "at": Moment().load(run["at"]),
        "tone": TONES.get(run["state"], "none"),
        "results": [_result(each) for each in run["results"]],
        "because": ", ".join(f"“{each['name']}”" for each in run["because_of"]),
    }


def _linked(run: Json, visit: Visit, undoable: Collection[int]) -> Json:
    """The run with the ways to the version that did it and to take it back, for who may change rules."""
    rule = run["rule"]
    url = f"/settings/automation/{rule['id']}/versions?version={rule['version']}"
    undo = f"/settings/automation/runs/{run['id']}/undo" if run["id"] in undoable else ""
    return {**run, "undo": undo, "rule": {**rule, "url": url if visit.actor.may("rules", "change") else ""}}


def _result(result: Json) -> Json:
    entity = registry.find(str(result.get("entity", "")))
    url = record_url(entity, result["id"]) if entity and result.get("id") and result["action"] == "create" else ""
    icons = {"set": "pencil", "change": "link", "assign": "user", "tag": "tag", "create": "plus", "notify": "bell"}
    icons |= {"wait": "clock", "waited": "clock", "throttle": "alert-circle"}
    return {**result, "icon": icons.get(str(result["action"]), "bolt"), "url": url}
