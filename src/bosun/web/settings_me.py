"""What belongs to oneself: name, language, zone, look; where one is signed in; tokens of programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.kernel import records
from bosun.kernel.errors import Invalid, NotFound
from bosun.lib import clock
from bosun.platform.accounts import profile, services, sessions
from bosun.web import push, settings_pages
from bosun.web.settings_company import dress
from bosun.web.settings_forms import OwnForm, kept, page_context
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

LAYOUT = (
    (gettext_lazy("You"), "name | phones"),
    (gettext_lazy("How Bosun speaks to you"), "language theme | zone sound"),
)
NAMES = tuple(name for _title, names in LAYOUT for name in names.replace("|", " ").split())
SCOPES = {"full": gettext_lazy("All that I may do"), "read": gettext_lazy("Reading only")}
LIVES = {"30": gettext_lazy("30 days"), "365": gettext_lazy("A year"), "": gettext_lazy("Until I end it")}


@page("GET", "POST")
def me(visit: Visit) -> HttpResponseBase:
    """One's own profile."""
    person = profile.own(visit.actor)
    form = OwnForm(visit, records.entity_of("users"), NAMES, person)
    if visit.request.method == "POST":
        record = form.save()
        if record is not None:
            if record.language:
                translation.activate(record.language)
            kept(visit, _("Saved"), form.batch)
            return HttpResponseRedirect("/me")
    context = page_context(form, LAYOUT, "/me", "/")
    for section in context["form"]["sections"]:
        for column in section["columns"]:
            for each in column:
                dress(each, visit.env.language, own=True)
    context |= {"title": _("Profile"), "title_note": person.username or ""}
    return settings_pages.draw(visit, "me", "form", context, form.status)


@page("GET")
def devices(visit: Visit) -> HttpResponseBase:
    """Password, second step, and where one is signed in."""
    held = Authenticator.objects.filter(user_id=visit.request.user.pk)
    types = {each.type for each in held}
    context = {
        "sessions": sessions.of(visit.request),
        "second": bool(types - {Authenticator.Type.RECOVERY_CODES}),
        "changed_at": getattr(visit.request.user, "changed_at", None),
        **push.context(visit),
    }
    return settings_pages.draw(visit, "me-devices", "devices", context)


@page("POST")
def end_session(visit: Visit, pk: int) -> HttpResponseBase:
    """Sign out in one other place."""
    if not sessions.end(visit.request, pk):
        raise NotFound()
    return done(visit, _("Signed out there."))


@page("POST")
def end_sessions(visit: Visit) -> HttpResponseBase:
    """Sign out everywhere else."""
    count = sessions.end_others(visit.request)
    said = ngettext("Signed out in %(n)d other place.", "Signed out in %(n)d other places.", count) % {"n": count}
    return done(visit, said if count else _("You were signed in only here."))


@page("GET")
def tokens(visit: Visit) -> HttpResponseBase:
    """The keys of programs that act in one's name."""
    found = [
        {
            "id": token.pk,
            "name": token.name or _("Token %(n)d") % {"n": token.pk},
            "scope": str(SCOPES[token.scope]) if token.scope in SCOPES else token.scope,
            "created_at": token.created_at,
            "expires_at": token.expires_at,
            "over": bool(token.expires_at and token.expires_at <= clock.now()),
            "used_at": used,
            "revoke": f"/me/tokens/{token.pk}/revoke",
        }
        for token, used in services.tokens_of(visit.actor.id or 0)
    ]
    new = settings_pages.button("new", _("Token"), icon="plus", dialog="/me/tokens/new", primary=True)
    lead = _("A program that shows a token acts in your name, over the API. Give each program its own.")
    return settings_pages.draw(visit, "me-tokens", "tokens", {"tokens": found, "title_verbs": [new], "lead": lead})


@page("GET", "POST")
def new_token(visit: Visit) -> HttpResponseBase:
    """Another token; it is shown once."""
    post = visit.request.POST
    name, scope, life = post.get("name", "").strip(), post.get("scope", "read"), post.get("life", "365")
    inputs: list[dict[str, Any]] = [
        choice("name", _("What it is for"), name),
        choice("scope", _("It may do"), scope, SCOPES),
        choice("life", _("It works for"), life, LIVES),
    ]
    context: dict[str, Any] = {
        "title": _("New token"),
        "action": "/me/tokens/new",
        "fields": inputs,
        "save_label": _("Make it"),
    }
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    if not name or len(name) > 100:
        inputs[0]["errors"] = [_("Say in a few words what it is for.")]
        return visit.draw(DIALOG, context, 422)
    if scope not in SCOPES or life not in LIVES:
        raise Invalid(_("Choose from the list."))
    until = clock.now() + timedelta(days=int(life)) if life else None
    secret = services.make_token(profile.own(visit.actor), name, scope, until)
    shown = {"label": _("Token “%(name)s”") % {"name": name}, "text": secret}
    return visit.draw("web/pages/settings/secret.html", {"secret": shown, "reload": True})


def choice(name: str, label: str, raw: str, options: dict[str, Any] | None = None) -> dict[str, Any]:
    """One input of the dialog."""
    made: dict[str, Any] = {
        "name": name,
        "id": f"id_{name}",
        "label": label,
        "raw": raw,
        "errors": [],
        "required": True,
    }
    if options is None:
        return made | {"kind": "text", "max_length": 100}
    return made | {"kind": "choice", "options": [{"key": key, "label": str(text)} for key, text in options.items()]}


@page("POST")
def revoke_token(visit: Visit, pk: int) -> HttpResponseBase:
    """A token that works no more."""
    if not services.revoke_token(visit.actor.id or 0, pk):
        raise NotFound()
    return done(visit, _("The token works no more."))
