"""Where the links of messages lead: to what a notice speaks of, and to the page with the button Done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from bosun.kernel import access, records, registry, stamps
from bosun.kernel.actor import Act, Actor
from bosun.kernel.errors import DoorError
from bosun.platform import signed
from bosun.platform.deliveries import links, services
from bosun.platform.deliveries.models import Delivery
from bosun.platform.org import actors
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice
from bosun.web.notices import doable, stands_open
from bosun.web.present import record_url
from bosun.web.visit import Visit, page


@page("GET")
def opened(visit: Visit, pk: int) -> HttpResponseBase:
    """The link of a message: it was read; then to the record, as far as it is open to the reader."""
    row = services.get(pk, visit.actor)
    if row.person_id == visit.actor.id:
        services.opened(row, visit.actor)
    return HttpResponseRedirect(_target(row.notice, visit.actor))


def _target(notice: Notice, actor: Actor) -> str:
    entity = registry.find(notice.entity) if notice.entity else None
    if entity is not None and notice.record_id and access.may_row(entity, actor, "read", notice.record_id):
        return record_url(entity, notice.record_id)
    reminders = registry.get("reminders")
    if notice.reminder_id and access.may_row(reminders, actor, "read", notice.reminder_id):
        return record_url(reminders, notice.reminder_id)
    return "/notices"


@csrf_exempt
def done(request: HttpRequest, token: str) -> HttpResponse:
    """What a mail's Done leads to: it wants a press, so that a program that follows links finishes nothing.

    No session is needed: the link itself says whose it is, and is the right to press; a forged form of another site
    would have to know it. It is never cached, and no log holds it. A browser that is to tell nobody where it comes from
    sends no origin either, which a check of the form's token would refuse.
    """
    found = _answered(request, token)
    found["Cache-Control"] = "private, no-store"
    found["Referrer-Policy"] = "no-referrer"
    # Django would write the address of a refusal into the log, and with it the token.
    found._has_been_logged = True  # type: ignore[attr-defined]
    return found


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    stamps.refresh()
    try:
        row = links.meant(token)
    except signed.Expired:
        text = _("This link is too old. Sign in to see what is open.")
        return _page(request, {"title": _("Too late for this link"), "text": text}, 410)
    reader = actors.load(row.person_id) if row else None
    if row is None or reader is None:
        text = _("The address may be mistyped, or what was here is gone or not open to you.")
        return _page(request, {"title": _("There is nothing here"), "text": text}, 404)
    with translation.override(reader.language):
        return _shown(request, row, reader)


def _shown(request: HttpRequest, row: Delivery, reader: Actor) -> HttpResponse:
    env = records.environment(reader, strict=False)
    key, target = doable(row.notice, env)
    if not target:
        return _not_done(request, row)
    if request.method != "POST":
        return _page(request, {"title": row.notice.text, "button": _("Done")})
    try:
        draft = records.run_verb(key, [target], "done", {}, Act(reader, "verb"))[0]
        refusal = draft.failure
    except DoorError as error:
        refusal = error
    if refusal is not None:
        row.notice.refresh_from_db()  # somebody else may have been quicker
        return _not_done(request, row, refusal)
    services.opened(row, reader)
    notices.close(row.notice_id, reader)
    return _page(request, {"title": _("Done"), "what": row.notice.text})


def _not_done(request: HttpRequest, row: Delivery, refusal: DoorError | None = None) -> HttpResponse:
    """It is done already; or it stands open, and is not to be done from here."""
    if not stands_open(row.notice):
        return _page(request, {"title": _("This is done"), "what": row.notice.text})
    text = _("It cannot be done from here. Open it in Bosun.")
    if refusal is None:
        return _page(request, {"title": row.notice.text, "text": text})
    return _page(request, {"title": row.notice.text, "text": f"{refusal.title} {text}"}, refusal.status)


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    context = {"page_title": context["title"], **context}
    return HttpResponse(render_to_string("web/pages/done.html", context, request), status=status)
