"""What every page begins with: who asks, in which environment, and how refusals are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, DoorError, NotFound, Unreadable
from bosun.platform.accounts.requests import actor_of
from bosun.web import errors


@dataclass
class Visit:
    """One request of somebody who is signed in."""

    request: HttpRequest
    actor: Actor
    env: Env

    def act(self, door: str, batch: str = "") -> Act:
        """What is done in this request; guards that were answered travel in `confirm`."""
        words = " ".join(self.request.POST.getlist("confirm")).split()
        confirmed = {f"{word}{self.request.POST.get(f'answer-{word}', '').strip()}" for word in words}
        return Act(self.actor, door, batch=batch, confirm=frozenset(confirmed))

    def entity(self, key: str, action: str = "read") -> Entity:
        """The entity of a key, when the actor may do `action` on it; NotFound where reading is not open."""
        entity = records.entity_of(key)
        if not access.may(self.actor, entity, "read"):
            raise NotFound()
        if action != "read" and not access.may(self.actor, entity, action):
            raise Denied()
        return entity

    @property
    def fragment(self) -> bool:
        """True when a script asks, not a browser's address bar."""
        return "HX-Request" in self.request.headers

    def draw(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """An answer from a template."""
        return HttpResponse(render_to_string(template, context, self.request), status=status)

    def back(self, default: str) -> str:
        """Where the person came from, if that is one of our addresses."""
        wanted = self.request.POST.get("back") or self.request.GET.get("back") or ""
        return wanted if is_ours(wanted, self.request) else default


def is_ours(address: str, request: HttpRequest) -> bool:
    """True for a path on this site, so that nobody is sent elsewhere."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, None, request.is_secure())


def readable(request: HttpRequest) -> None:
    """Refuse an address with NUL in a parameter: no database takes it, and each would say so in its own way."""
    if any("\0" in value for _name, values in request.GET.lists() for value in values):
        raise Unreadable(_("This text holds characters that cannot be stored. Type it again."))


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask to sign in, and come back to where one was; scripts get 401, so that what was typed is kept."""
    page = request.headers.get("HX-Current-URL", "") if "HX-Request" in request.headers else request.get_full_path()
    path = page.partition(request.get_host())[2] if "://" in page else page
    address = f"{resolve_url('account_login')}?{urlencode({'next': path})}" if is_ours(path, request) else "/"
    if "HX-Request" in request.headers:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def page(*methods: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """A view for people who are signed in; refusals of the door become pages and fragments."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answered(request: HttpRequest, **where: Any) -> HttpResponseBase:
            if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
                return HttpResponseNotAllowed(methods)
            # A HEAD passes without a token, so no view may take it for a form that was sent.
            request.method = "GET" if request.method == "HEAD" else request.method
            actor = actor_of(request)
            if actor is None:
                return to_sign_in(request)
            try:
                readable(request)
                return view(Visit(request, actor, records.environment(actor, strict=False)), **where)
            except DoorError as error:
                return errors.refused(request, error)

        return answered

    return decorate
