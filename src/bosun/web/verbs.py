"""Verbs on one record: their dialogs, guards that ask, removal with exact counts, and undo.

`extras={"asks_before": …}` of an entity is a function of the ids of records, the key of a verb and whoever is to do it;
what it says is asked on pages before the verb is done, and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid, NotFound, Objected
from bosun.kernel.removal import remove, what_goes
from bosun.kernel.verbs import Transfer, Verb
from bosun.web import automation, fields, reach
from bosun.web.present import list_url, name_of, record_url, titled
from bosun.web.selection import undo_url
from bosun.web.visit import Visit, page

DIALOG = "web/parts/form/dialog.html"
BEFORE = "before"


def guards_of(error: Objected) -> list[dict[str, Any]]:
    """What guards have to say, in the shape of the dialog; `confirm` is the key that lets it go on."""
    return [
        {
            "reason": each.reason,
            "confirm": each.confirm,
            "rule": each.confirm,
            "text": bool(each.details.get("text")),
            "silent": bool(each.details.get("silent")),
        }
        for each in error.objections
    ]


def asked_before(entity: Entity, ids: Sequence[int], verb: Verb, env: Env) -> list[dict[str, Any]]:
    """What is asked before a verb is done to records, in the same shape."""
    ask = entity.extras.get("asks_before")
    if ask is None:
        return []
    rows = access.visible(entity, env.actor, verb.key, few=True).filter(pk__in=ids)
    said = ask(list(rows.values_list("pk", flat=True)), verb.key, env)
    return [{"reason": said, "confirm": BEFORE, "rule": BEFORE}] if said else []


def unanswered(visit: Visit, asked: Sequence[Mapping[str, Any]]) -> bool:
    """Whether what is asked before has still to be answered."""
    return bool(asked) and BEFORE not in visit.act("verb").confirm


def blocked(error: Objected) -> bool:
    """True when a guard says no for good."""
    return any(not each.confirm for each in error.objections)


def param_fields(
    verb: Verb, env: Env, raw: Mapping[str, Any] | None = None, error: Invalid | None = None
) -> list[dict[str, Any]]:
    """The fields that a verb asks for."""
    wrong = error.by_field() if error else {}
    made = []
    for param in verb.params:
        how: dict[str, Any] = {"errors": wrong.get(param.name, [])}
        if raw is not None:
            how["raw"] = raw.get(param.name)
        drawn = fields.field(
            param.name, param.label, param.kind, env, required=param.required, help_text=param.help, **how
        )
        made.append({**drawn, "ahead": True})
    return made


def counts_in_words(counts: Mapping[str, int]) -> str:
    """“1 Customer, 4 Contacts”, in the order of the modules."""
    parts = []
    for entity in registry.all_entities():
        count = counts.get(entity.key, 0)
        if count:
            parts.append(f"{count} {entity.label if count == 1 else entity.plural}")
    return ", ".join(parts)


def done(visit: Visit, text: str, batch: str = "", go: str = "") -> HttpResponse:
    """After a verb: a toast with undo, and the page anew or another one."""
    messages.success(visit.request, text, extra_tags=undo_url(batch) if batch else "")
    headers = {"HX-Redirect": go} if go else {"HX-Refresh": "true"}
    return HttpResponse(status=204, headers=headers)


def offered(entity: Entity, record: Any, env: Env) -> list[dict[str, Any]]:
    """The verbs that this person may do to this record as it stands."""
    base = f"{record_url(entity, record.pk)}/verbs"
    found = []
    for verb in entity.verbs.values():
        if not access.may(env.actor, entity, verb.key) or not verb.offered(record, env):
            continue
        if not getattr(verb, "in_menu", True):
            continue  # done where its part of the record stands
        if not reach.may_row(entity, env, verb.key, record.pk):
            continue
        address = f"{base}/{verb.key}"
        how = {"dialog": address} if verb.params else {"post": address}
        found.append(
            {
                "key": verb.key,
                "label": str(verb.label),
                "icon": verb.icon,
                "primary": verb.primary,
                "extra": True,
                **how,
            }
        )
    return found


@page("GET", "POST")
def verb(visit: Visit, key: str, pk: int, name: str) -> HttpResponseBase:
    """One verb on one record."""
    entity = visit.entity(key)
    found = entity.verbs.get(name)
    record = records.get(entity, pk, visit.actor)
    if found is None or not access.may(visit.actor, entity, found.key):
        raise NotFound()
    context: dict[str, Any] = {
        "title": str(found.label),
        "lead": titled(entity, record, visit.env),
        "action": visit.request.path,
        "save_label": str(found.label),
        "guards": asked_before(entity, [pk], found, visit.env),
    }
    if visit.request.method == "GET":
        context["fields"] = param_fields(found, visit.env)
        return visit.draw(DIALOG, context)
    raw = {param.name: fields.read_one(visit.request.POST, param.name, param.kind) for param in found.params}
    if unanswered(visit, context["guards"]):
        context["fields"] = param_fields(found, visit.env, raw)
        return visit.draw(DIALOG, context, 409)
    batch = new_batch()
    try:
        draft = records.run_verb(entity, [pk], name, raw, visit.act("verb", batch))[0]
        if draft.failure is not None:
            raise draft.failure
    except Invalid as error:
        context["fields"] = param_fields(found, visit.env, raw, error)
        known = {param.name for param in found.params}
        context["form_errors"] = [part.message for part in error.errors if part.field not in known]
        return visit.draw(DIALOG, context, 422)
    except Objected as error:
        asked = [*context["guards"], *guards_of(error)]
        context |= {"fields": param_fields(found, visit.env, raw), "guards": asked}
        return visit.draw(DIALOG, context, 409)
    still_open = access.may_row(entity, visit.actor, "read", pk)
    said = _said(found, context["lead"], draft, visit.env)
    effects = automation.effects(entity, visit.env, draft.change_id)
    text = automation.told(said, automation.remember(visit, entity, pk, effects, draft.change_id))
    return done(visit, text, batch, "" if still_open else list_url(entity))


def _said(verb: Verb, name: str, draft: Draft, env: Env) -> str:
    """What was done to what; of what was handed over, to whom."""
    if isinstance(verb, Transfer):
        return _("Handed over to %(name)s") % {"name": verb.params[0].kind.text(draft.values["owner"], env)}
    return _("%(verb)s: %(name)s") % {"verb": verb.label, "name": name}


@page("GET", "POST")
def remove_one(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """To the bin, after saying exactly what goes."""
    entity = visit.entity(key, "remove")
    record = records.get(entity, pk, visit.actor, "remove")
    going, held = what_goes(entity, [pk])
    context: dict[str, Any] = {
        "title": _("Move to the bin"),
        "lead": f"{name_of(entity, record, visit.env)}: {counts_in_words({k: len(v) for k, v in going.items()})}",
        "action": visit.request.path,
        "danger": True,
        "save_label": _("Move to the bin"),
    }
    if held:
        said = counts_in_words(held)
        context["form_errors"] = [_("Still in use by %(records)s. Change those first.") % {"records": said}]
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    batch = new_batch()
    try:
        remove(entity, [pk], visit.act("form", batch), visit.env)
    except Objected as error:
        if not blocked(error):
            context["guards"] = guards_of(error)
        return visit.draw(DIALOG, {**context, "form_errors": [error.title] if blocked(error) else []}, 409)
    text = _("%(name)s moved to the bin.") % {"name": name_of(entity, record, visit.env)}
    return done(visit, text, batch, list_url(entity))


@page("POST")
def undo(visit: Visit) -> HttpResponseBase:
    """Take back one's own last act; what others changed since stays, and is said."""
    batch = visit.request.POST.get("batch") or visit.request.GET.get("batch") or ""
    if records.authors(batch) != {visit.actor.id}:
        raise NotFound()
    return take_back(visit, lambda: records.undo(batch, visit.act("undo")))


def take_back(visit: Visit, work: Callable[[], Any], said: type[DoorError] = DoorError) -> HttpResponseBase:
    """Undo something and say what came of it, or why not where that is `said`; a guard that asks is asked first."""
    try:
        undone = work()
    except Objected as error:
        if not blocked(error):
            context = {"title": _("Undo"), "action": visit.request.get_full_path(), "guards": guards_of(error)}
            return visit.draw(DIALOG, context, 409)
        messages.warning(visit.request, error.title)
    except said as error:
        messages.warning(visit.request, error.title)
    else:
        messages.success(visit.request, undone_words(undone))
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})


def undone_words(undone: Any) -> str:
    """That something was taken back, and what was left alone."""
    if not undone.left_alone:
        return _("Undone.")
    names = ", ".join(title for _key, _pk, title in undone.left_alone[:3])
    return _("Undone, except where somebody changed it since: %(names)s.") % {"names": names}


def toast(text: str, undo: str = "") -> dict[str, str]:
    """The header that shows a toast without loading the page anew."""
    return {"HX-Trigger": json.dumps({"toast": {"text": text, "undo_url": undo}})}
