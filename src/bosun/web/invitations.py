"""Inviting people outside to what has a time, and the page on which they answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt

from bosun.kernel import kinds, records, slots
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Invalid
from bosun.platform.feeds import invitations, letters, standing
from bosun.platform.feeds.models import ACCEPTED, ASKED, DECLINED, TENTATIVE
from bosun.platform.feeds.views import base_of
from bosun.web import errors, fields
from bosun.web.present import name_of
from bosun.web.recordpage import Panel
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

STATES = {
    ASKED: pgettext_lazy("invitation", "no answer yet"),
    ACCEPTED: pgettext_lazy("invitation", "comes"),
    DECLINED: pgettext_lazy("invitation", "does not come"),
    TENTATIVE: pgettext_lazy("invitation", "may come"),
}
UNSENT = pgettext_lazy("invitation", "not sent yet")
HELP = gettext_lazy(
    "E-mail addresses, one on each line. They are told what and when, nothing else, and of every new time."
)


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """Who was invited, at the side of what has a time."""
    if not invitations.offered(entity, record, visit.env):
        return []
    held = invitations.of(entity, record.pk)
    unsent = invitations.unsent(held)
    side = {
        "key": "invitations",
        "title": _("Invited"),
        "count": len(held),
        "add_dialog": f"/invite/{entity.key}/{record.pk}",
        "items": [
            {
                "name": row.email,
                "url": f"mailto:{row.email}",
                "note": str(UNSENT if row.pk in unsent else STATES.get(row.state, row.state)),
                "post": f"/invitations/{row.pk}/withdraw",
                "post_label": _("Take the invitation back: %(email)s") % {"email": row.email},
                "confirm": _("Take the invitation back? %(email)s is told.") % {"email": row.email},
            }
            for row in held
        ],
    }
    return [Panel("invitations", _("Invited"), side=side)]


@page("GET", "POST")
def invite(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """Ask people by mail."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    typed, wrong = visit.request.POST.get("emails", ""), []
    if visit.request.method == "POST":
        try:
            rows = invitations.invite(
                entity, pk, typed.replace(",", "\n").splitlines(), visit.env, base_of(visit.request)
            )
            return done(visit, _("Invited: %(who)s") % {"who": ", ".join(row.email for row in rows)})
        except Invalid as error:
            wrong = [error.title, *(each.message for each in error.errors)][-1:]
    kind = kinds.LongText(5000)
    context = {
        "title": _("Invite"),
        "lead": name_of(entity, record, visit.env),
        "action": visit.request.path,
        "save_label": _("Send the invitations"),
        "fields": [fields.field("emails", _("Whom"), kind, visit.env, raw=typed, errors=wrong, help_text=str(HELP))],
    }
    return visit.draw(DIALOG, context, 422 if wrong else 200)


@page("POST")
def withdraw(visit: Visit, pk: int) -> HttpResponseBase:
    """Take an invitation back; whoever was invited is told by mail."""
    row = invitations.withdraw(pk, visit.env)
    return done(visit, _("Taken back: %(email)s") % {"email": row.email})


@csrf_exempt
def answer(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind the link of an invitation. To look at it answers nothing: programs that test links do that.

    The link is the right to answer; a forged form of another site would have to know it.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    try:
        row = invitations.by_token(token)
        found = letters.item_of(row)
        if found is None:
            return _sealed(errors.not_found(request))
        item, env = found
        shown, over = letters.mark(row, item, env), not standing.is_open(item.of, standing.record_of(row))
        stale = request.method == "POST" and (over or request.POST.get("of", shown) != shown)
        if request.method == "POST" and not stale:
            invitations.answer(row, request.POST.get("answer", ""), request.POST.get("words", "")[:500])
            row.refresh_from_db()
    except DoorError as error:
        return _sealed(errors.refused(request, error))
    context = {
        "page_title": _("Invitation"),
        "what": item.text,
        "when": letters.when(item, _as_the_page(env)),
        "who": env.actor.name,
        "of": shown,
        "over": over,
        "stale": stale,
        "state": "" if stale else row.state,
    }
    return _sealed(HttpResponse(render_to_string("web/pages/invitation.html", context, request)))


def _as_the_page(env: Env) -> Env:
    """In the language that the guest's browser asked for, on the host's clock."""
    return replace(env, actor=replace(env.actor, language=translation.get_language() or env.language))


def _sealed(made: HttpResponse) -> HttpResponse:
    made["Cache-Control"] = "private, no-store"
    made["Referrer-Policy"] = "no-referrer"
    made._has_been_logged = True  # type: ignore[attr-defined]
    return made


slots.offer("record.panels", panels)
