"""What automation did, where people look: on a record's page, in the timeline, and in a line after each save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.kernel.kinds import Moment
from bosun.platform.automation import console, happenings, services
from bosun.platform.automation.models import DONE, FAILED, STOPPED
from bosun.web.present import record_url
from bosun.web.visit import Visit

Json = dict[str, Any]
SHOWN = 50
TONES = {DONE: "good", FAILED: "overdue", STOPPED: "due"}
MOST_SAID = 3


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


def told(text: str, said: str) -> str:
    """A toast's words with what rules did behind them."""
    return f"{text} {said}" if said else text


def after_many(entity: Entity, drafts: Iterable[Any], env: Env) -> str:
    """What rules did in an act on several records: of one in full, of more by number."""
    ids = [draft.change_id for draft in drafts if draft.failure is None and draft.change_id]
    if len(ids) == 1:
        return effects(entity, env, ids[0])
    counted = console.acted(entity, ids)
    return " ".join(_("Rule “%(rule)s”: %(n)s times.") % {"rule": name, "n": n} for name, n in counted)


# in the timeline -------------------------------------------------------------------------------------------------


def authors(entries: Sequence[Any]) -> dict[str, str]:
    """For each cause among the entries of the ledger the words that stand for who did it."""
    found = console.names(entry.cause for entry in entries if entry.door == "rule")
    return {cause: _("by rule “%(rule)s”") % {"rule": name} for cause, name in found.items()}


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
    at = f"{record_url(entity, record.pk)}/pages/automation"
    return {
        "runs": [_run(run) for run in runs[:SHOWN]],
        "rules": [{"id": pk, "name": name if on else _("%(rule)s (off)") % {"rule": name}} for pk, name, on in rules],
        "rule": rule,
        "why": _why(visit, entity, record, rule) if rule else None,
        "action": at,
        "more_url": f"{at}?before={runs[SHOWN - 1]['id']}" if len(runs) > SHOWN else "",
    }


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


def _result(result: Json) -> Json:
    entity = registry.find(str(result.get("entity", "")))
    url = record_url(entity, result["id"]) if entity and result.get("id") and result["action"] == "create" else ""
    icons = {"set": "pencil", "change": "link", "assign": "user", "tag": "tag", "create": "plus", "notify": "bell"}
    return {**result, "icon": icons.get(str(result["action"]), "bolt"), "url": url}
