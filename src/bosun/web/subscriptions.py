"""One's subscriptions, what they told, and cancelling them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt

from bosun.kernel import access, kinds, records, registry, slots
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, DoorError, NotFound
from bosun.platform.automation.timing import series
from bosun.platform.exports.tables import FORMATS as FILES
from bosun.platform.reminders.models import Notice
from bosun.platform.subscriptions import services
from bosun.platform.subscriptions.models import ABOVE, ALWAYS, MADE, ONLY_IF, Issue, Standing
from bosun.web import errors, notices, settings_pages
from bosun.web.dayframe import when_words
from bosun.web.recordpage import Panel
from bosun.web.subscribing import KEY
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PAGE = "me-subscriptions"
LATEST = 5


@page("GET")
def mine(visit: Visit) -> HttpResponseBase:
    """What one has subscribed to."""
    rows = records.query(KEY, visit.actor, visit.env).where(owner_id=visit.actor.id).sort(["name"]).page(limit=200)
    latest = services.last([row.pk for row in rows.items], visit.actor)
    times = dict(Standing.objects.filter(pk__in=[row.pk for row in rows.items]).values_list("pk", "next_at"))
    words = series()
    context = {
        "lead": _("Lists and figures that come at fixed times. Subscribe to a list from the menu beside its views."),
        "channels": "/me/notices",
        "subscriptions": [
            {
                "name": row.name,
                "url": f"/{KEY}/{row.pk}/latest",
                "often": words.get(row.rule, row.rule),
                "only": _only(row, visit.env),
                "next": when_words(at, visit.env) if (at := times.get(row.pk)) else "",
                "edit": f"/{KEY}/{row.pk}",
                "last": _last(latest.get(row.pk), visit),
                "now": f"/{KEY}/{row.pk}/now",
                "cancel": f"/{KEY}/{row.pk}/cancel",
            }
            for row in rows.items
        ],
    }
    return settings_pages.draw(visit, PAGE, "subscriptions", context)


def _only(row: Any, env: Env) -> str:
    """On what condition it comes; "" where it always does."""
    if row.only_if == ALWAYS:
        return ""
    if row.only_if == ABOVE:
        return _("only above %(n)s") % {"n": registry.get(KEY).specs()["above"].kind.text(row.above, env)}
    words = str(ONLY_IF[row.only_if])
    return words[:1].lower() + words[1:]


def _last(made: Issue | None, visit: Visit) -> dict[str, Any] | None:
    """What came last, in a line."""
    if made is None:
        return None
    return {"url": f"/issues/{made.pk}", "at": _when(made, visit.env), "said": _said(made, visit)}


def _said(made: Issue, visit: Visit) -> str:
    """What became of an issue: neither how many nor why not, where its reader has other rights since."""
    if _closed(made, visit.env):
        return _("Your rights have changed since. Have another one sent, or open the list.")
    return made.why or _count(made)


def _closed(made: Issue, env: Env) -> bool:
    """Whether it was read under other rights than its reader has now."""
    return bool(made.body) and not services.same_rights(made, env.actor)


def _own(visit: Visit, pk: int) -> Any:
    row = records.get(KEY, pk, visit.actor)
    if row.owner_id != visit.actor.id:
        raise NotFound()
    return row


@page("POST")
def cancel(visit: Visit, pk: int) -> HttpResponseBase:
    """One wants it no more."""
    row, batch = _own(visit, pk), new_batch()
    records.remove_one(KEY, row.pk, visit.act("form", batch))
    return done(visit, _("You are told of %(name)s no more.") % {"name": row.name}, batch, f"/me/{KEY}")


@page("POST")
def now(visit: Visit, pk: int) -> HttpResponseBase:
    """An issue at once."""
    row = _own(visit, pk)
    (draft,) = records.run_verb(KEY, [row.pk], "send_now", {}, visit.act("verb"))
    if draft.failure is not None:
        raise draft.failure
    return done(visit, _("%(name)s is being made. You will be told in a moment.") % {"name": row.name})


@page("GET")
def latest(visit: Visit, pk: int) -> HttpResponseBase:
    """The latest issue, or the subscription where none came yet."""
    row = _own(visit, pk)
    found = next((each for each in services.issues(row.pk, visit.actor) if each.state == MADE), None)
    return HttpResponseRedirect(f"/issues/{found.pk}" if found else f"/{KEY}/{row.pk}")


@page("GET")
def issue(visit: Visit, pk: int) -> HttpResponseBase:
    """One issue."""
    made = services.get(pk, visit.actor)
    whole = services.open_to(made, visit.actor)
    open_ = whole or services.same_rights(made, visit.actor)
    held = made.body if open_ else {}
    heads, body = held.get("heads", []), held.get("rows", [])
    links = held.get("links") or [""] * len(body)
    entity = registry.find(made.subscription.entity)
    rows = [{"first": row[0], "cells": row[1:], "url": url} for row, url in zip(body, links, strict=True) if row]
    why = made.why
    if not open_:
        why = _("Your rights have changed since. Have another one sent, or open the list.")
    elif not whole:
        # Which row names what is not kept: where one name is closed, none of them is shown.
        reach = services.reachable(made, visit.actor) if services.named_open(made, visit.actor) else set()
        rows = [each for each in rows if each["url"] in reach]
        why = _("Some of these records are not open to you any more. Have another one sent, or open the list.")
    context = {
        "title": made.subscription.name,
        "page_title": made.subscription.name,
        "crumbs": [{"label": _("Subscriptions"), "url": f"/me/{KEY}"}],
        "made": made,
        "heads": heads,
        "rows": rows,
        "count": _count(made) if open_ else "",
        "why": why,
        "left": max(0, made.count - len(body)) if held.get("links") else 0,
        "file_url": f"/issues/{made.pk}/file" if made.stored and whole else "",
        "list_url": f"/{entity.key}" if entity and access.may(visit.actor, entity, "read") else "",
        "title_verbs": _verbs(made),
    }
    return visit.draw("web/pages/issue.html", context)


def _count(made: Issue) -> str:
    return ngettext("%(n)s record", "%(n)s records", made.count) % {"n": made.count}


def _verbs(made: Issue) -> list[dict[str, Any]]:
    if made.subscription.deleted_at is not None:
        return []
    confirm = _("Cancel this subscription?")
    post = f"/{KEY}/{made.subscription_id}/cancel"
    return [
        settings_pages.button("now", _("Send me one now"), icon="send", post=f"/{KEY}/{made.subscription_id}/now"),
        settings_pages.button("cancel", _("Cancel the subscription"), icon="bell-off", post=post, confirm=confirm),
    ]


@page("GET")
def file(visit: Visit, pk: int) -> HttpResponseBase:
    """The file of an issue."""
    made = services.get(pk, visit.actor)
    if not services.open_to(made, visit.actor):
        raise Denied()
    kind = FILES[made.file_name.rpartition(".")[2]] if made.stored else ""
    return FileResponse(services.open_file(made), as_attachment=True, filename=made.file_name, content_type=kind)


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """The last issues, at the side of a subscription."""
    if entity.key != KEY or record.owner_id != visit.actor.id:
        return []
    found = services.issues(record.pk, visit.actor, LATEST)
    items = [
        {"name": _when(each, visit.env), "url": f"/issues/{each.pk}", "note": _said(each, visit)} for each in found
    ]
    return [Panel("issues", _("Issues"), side={"key": "issues", "title": _("Issues"), "items": items})]


def _when(made: Issue, env: Env) -> str:
    return str(kinds.Moment().text(made.due_at, env))


def _retold(rows: Sequence[Notice], env: Env) -> dict[int, str]:
    """Of an issue that its reader may not read any more, the name alone."""
    keys = {row.key.rpartition(":")[0]: row.pk for row in rows}
    found = Issue.objects.filter(key__in=list(keys), person_id=env.actor.id or 0).select_related("subscription")
    return {keys[made.key]: made.subscription.name for made in found if _closed(made, env)}


# without signing in ----------------------------------------------------------------------------------------------


@csrf_exempt
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind the link of a mail: to look at it cancels nothing, a press does.

    The link is the right to cancel, so that a mail program may press for its reader (RFC 8058).
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    gone = False
    try:
        row, actor = services.by_token(token)
        if request.method == "POST":
            services.cancel(row, actor)
            gone = True
    except DoorError as error:
        return _sealed(errors.refused(request, error))
    context = {"page_title": _("Cancel a subscription"), "name": row.name, "gone": gone}
    return _sealed(HttpResponse(render_to_string("web/pages/unsubscribe.html", context, request)))


def _sealed(made: HttpResponse) -> HttpResponse:
    made["Cache-Control"] = "private, no-store"
    made["Referrer-Policy"] = "no-referrer"
    # Django would write the address of a refusal into the log, and with it the token.
    made._has_been_logged = True  # type: ignore[attr-defined]
    return made


slots.offer("record.panels", panels)
notices.RETOLD["subscription"] = _retold
