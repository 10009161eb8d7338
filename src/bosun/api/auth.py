"""Who calls: a bearer token, or the session of somebody who is signed in to the same origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_languages, get_supported_language_variant, parse_accept_lang_header

from bosun.api.problems import Refusal
from bosun.kernel.actor import Actor
from bosun.lib import clock
from bosun.platform.accounts import services
from bosun.platform.accounts.models import Token
from bosun.platform.accounts.requests import actor_of, speak
from bosun.platform.org import actors

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Bosun"'}
READ_SCOPE = "read"


@dataclass(frozen=True)
class Caller:
    """Who calls, and the name under which his calls are counted and remembered."""

    actor: Actor
    key: str
    by_token: bool


class _Csrf(CsrfViewMiddleware):
    """Django's check, answering with the reason instead of a page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def identify(request: HttpRequest) -> Caller:
    """The caller, or a Refusal with 401 (nobody) or 403 (a page of another origin)."""
    header = request.headers.get("Authorization")
    caller = _by_token(header) if header is not None else _by_session(request)
    actor = _in_language(request, caller.actor)
    speak(actor)
    return replace(caller, actor=actor)


def _by_token(header: str) -> Caller:
    scheme, _space, secret = header.partition(" ")
    token = services.find_token(secret.strip()) if scheme.lower() == "bearer" and "\0" not in secret else None
    actor = actors.load(token.person_id) if token is not None else None
    if token is None or actor is None:
        raise _unauthorized()
    _note(token)
    return Caller(replace(actor, read_only=True) if token.scope == READ_SCOPE else actor, f"token:{token.pk}", True)


def _by_session(request: HttpRequest) -> Caller:
    actor = actor_of(request)
    if actor is None:
        raise _unauthorized()
    if request.method not in SAFE:
        check = _Csrf(_nothing)
        check.process_request(request)
        if check.process_view(request, _nothing, (), {}) is not None:
            raise Refusal(403, _("This request did not come from a page of Bosun. Load the page again."))
    return Caller(actor, f"person:{actor.id}", False)


def _unauthorized() -> Refusal:
    return Refusal(401, _("Send a valid token in the Authorization header, or sign in."), CHALLENGE)


_noted: dict[int, datetime] = {}


def _note(token: Token) -> None:
    """Write down the use of a token, but not at every call: each writing waits for the disk."""
    now = clock.now()
    held = _noted.get(token.pk)
    if held is None or now - held > services.USE_EVERY or held > now:
        _noted[token.pk] = now
        services.note_use(token)


def _in_language(request: HttpRequest, actor: Actor) -> Actor:
    """The actor speaking the language that the request asks for, where it asks for one that Bosun has."""
    wanted = accepted(request.headers.get("Accept-Language", ""))
    return replace(actor, language=wanted) if wanted and wanted != actor.language else actor


def accepted(header: str) -> str:
    """The first language of an Accept-Language header that Bosun speaks; empty when there is none."""
    for code, _quality in parse_accept_lang_header(header[:500].lower()):
        if code == "*":
            return ""
        try:
            found = get_supported_language_variant(code)
        except LookupError:
            continue
        if found in get_languages():
            return found
    return ""


def speak_before_sign_in(request: HttpRequest) -> None:
    """Refusals of unknown callers also come in the language that they ask for."""
    translation.activate(accepted(request.headers.get("Accept-Language", "")) or translation.get_language() or "en")
