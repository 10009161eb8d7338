"""What a person sets for himself: appearance, the folded menu, the language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.views.decorators.http import require_POST

from bosun.kernel import records
from bosun.kernel.actor import Act, Actor
from bosun.kernel.errors import Unreadable
from bosun.platform.accounts.requests import actor_of
from bosun.web.shell import FOLDED
from bosun.web.visit import Visit, is_ours, page

THEMES = ("light", "dark", "system")
YEAR = 365 * 24 * 3600


def keep(actor: Actor, name: str, value: str) -> None:
    """Write a preference of one's own; this needs no right on people."""
    if actor.id is not None:
        act = Act(actor, "form").by_system("own preference")
        records.change("users", actor.id, {name: value}, act)


@page("POST")
def preferences(visit: Visit) -> HttpResponseBase:
    """Light or dark, whether the menu is folded, and whether reminders ring."""
    theme, side, sound = (visit.request.POST.get(name) for name in ("theme", "side", "sound"))
    if theme not in (None, *THEMES) or side not in (None, "folded", "open") or sound not in (None, "on", "off"):
        raise Unreadable()
    if theme:
        keep(visit.actor, "theme", theme)
    if sound:
        keep(visit.actor, "sound", sound)
    answer = HttpResponse(status=204)
    if side:
        answer.set_cookie(FOLDED, side, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Another language: kept with the person, or in a cookie before sign-in."""
    code = request.POST.get("language", "")
    wanted = request.POST.get("next", "")
    answer = HttpResponseRedirect(wanted if is_ours(wanted, request) else "/")
    if code not in dict(settings.LANGUAGES):
        return answer
    actor = actor_of(request)
    if actor is not None and code != actor.language:
        keep(actor, "language", code)
    translation.activate(code)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=YEAR,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return answer
