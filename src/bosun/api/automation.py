"""Automation over the API: what rules did to a record, why or why not, and what a rule would do."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api import shapes
from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.api.reading import limit_of
from bosun.api.writing import confirmed
from bosun.kernel import records
from bosun.kernel.errors import FieldError, Invalid, Unreadable
from bosun.platform.automation import coming, gallery, mending, rehearsal, scoping, services, telling, waiting
from bosun.platform.jobs import queue

MOST_DAYS = 3650


@takes("limit", "cursor")
def runs(call: Call, entity: str, pk: str) -> HttpResponse:
    """What rules did to a record, the latest first."""
    found, limit = call.about(entity), limit_of(call)
    marker = call.params.get("cursor", "")
    if marker and not (marker.isascii() and marker.isdigit() and len(marker) < 19):
        raise Unreadable(_("This page marker is out of date. Start the list again."))
    items = services.runs_of(found, number_of(pk), call.env, limit + 1, int(marker or 0))
    following = str(items[limit - 1]["id"]) if len(items) > limit else None
    waits = [] if marker else coming.of_record(found, number_of(pk), call.env)
    return answer({"items": items[:limit], "next": following, "later": waits})


def waits(call: Call) -> HttpResponse:
    """All that rules wait for, the next one first."""
    call.readable("rules")
    return answer({"items": coming.everything(call.actor, call.env), "next": None})


def cancel(call: Call, pk: str) -> HttpResponse:
    """End a wait: its rule does not go on with this record; 204."""
    waiting.cancel(number_of(pk), call.actor)
    return HttpResponse(status=204)


@takes("rule")
def why(call: Call, entity: str, pk: str) -> HttpResponse:
    """Why a rule ran on a record, or why it did not."""
    found = call.about(entity)
    return answer(services.why(found, number_of(pk), number_of(call.params.get("rule", "")), call.env))


def gallery_page(call: Call) -> HttpResponse:
    """The ready-made rules, with what is left open in each."""
    call.readable("rules")
    items = [
        {
            "key": each.key,
            "name": str(each.name),
            "says": str(each.says),
            "event": each.event,
            "params": [
                {"name": param.name, "label": str(param.label), "kind": param.kind.key, "initial": param.initial,
                 "required": param.required}
                for param in each.params
            ],
        }
        for each in gallery.templates(call.actor)
    ]  # fmt: skip
    return answer({"items": items, "next": None})


def use(call: Call, key: str) -> HttpResponse:
    """A rule from a ready-made one, off until it is switched on; 201."""
    found = call.readable("rules")
    made = gallery.use(key, call.body(), call.act())
    row = records.get(found, made.pk, call.actor)
    return answer(shapes.one(found, row, call.env), 201, {"Location": f"/api/v1/rules/{made.pk}"})


def replay(call: Call, pk: str) -> HttpResponse:
    """Do a failed run again."""
    made = mending.replay(number_of(pk), call.actor)
    open_ = scoping.open_records([(made.entity, made.record_id)], call.actor)
    return answer(telling.run(made, call.env, bool(open_)))


@takes(several=("confirm",))
def undo(call: Call, pk: str) -> HttpResponse:
    """Take back what a run wrote."""
    undone = mending.undo(number_of(pk), call.actor, confirmed(call, call.body() if call.request.body else {}))
    left = [{"entity": key, "id": record, "title": title} for key, record, title in undone.left_alone]
    return answer({"removed": undone.removed, "put_back": undone.put_back, "left_alone": left})


def failed(call: Call) -> HttpResponse:
    """The runs that failed and were not done later, the latest first."""
    call.readable("rules")
    return answer(
        {"items": [telling.run(row, call.env, is_open) for row, is_open in services.failed(call.env)], "next": None}
    )


def rehearse(call: Call, pk: str) -> HttpResponse:
    """What a rule would do, changing nothing; `job` names what goes on in the background."""
    found = call.readable("rules")
    days = call.body().get("days", rehearsal.DAYS)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= MOST_DAYS:
        raise Invalid([FieldError("days", _("Give a number of days from 1 to %(max)s.") % {"max": MOST_DAYS})])
    return answer(rehearsal.rehearse(records.get(found, number_of(pk), call.actor), call.actor, days))


def rehearsed(call: Call, pk: str) -> HttpResponse:
    """A rehearsal in the background: how far it is, and what it found once it is done."""
    row = rehearsal.of_job(number_of(pk), call.actor)
    return answer({"job": rehearsal.state(row), "result": row.result, "error": row.error})


def stop_rehearsal(call: Call, pk: str) -> HttpResponse:
    """End it after the part at hand."""
    row = queue.cancel(rehearsal.of_job(number_of(pk), call.actor).pk, call.actor)
    return answer({"job": rehearsal.state(row), "result": row.result, "error": row.error})
