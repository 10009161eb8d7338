"""From a request to an answer: who calls, how often, which method; and every refusal as a problem."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from bosun.api import auth, bodies, limits, problems
from bosun.kernel import access, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, NotFound
from bosun.kernel.query import environment
from bosun.lib import openfiles
from bosun.platform.files.store import TOO_LARGE

logger = logging.getLogger(__name__)
ID_DIGITS = 19


@dataclass
class Call:
    """One authenticated call."""

    request: HttpRequest
    caller: auth.Caller
    env: Env
    params: dict[str, str] = field(default_factory=dict)
    entity: Entity | None = None
    """The entity that the call turned out to be about; refusals show only its open fields."""

    @property
    def actor(self) -> Actor:
        """Whose rights count."""
        return self.caller.actor

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent."""
        return bodies.body_of(self.request)

    def about(self, key: str) -> Entity:
        """The entity of a key in the address; NotFound when there is none."""
        found = registry.find(key)
        if found is None:
            raise NotFound()
        self.entity = found
        return found

    def readable(self, key: str) -> Entity:
        """The same, where the actor may read at least some of it."""
        found = self.about(key)
        if not access.may(self.actor, found, "read"):
            raise NotFound()
        return found

    def act(self, door: str = "api", batch: str = "", confirm: frozenset[str] = frozenset()) -> Act:
        """The doing that goes into the ledger."""
        return Act(self.actor, door, batch=batch, confirm=confirm)


Handler = Callable[..., HttpResponseBase]


def takes(*known: str, several: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
    """Name the query parameters that a handler reads; all others are refused."""

    def mark(handler: Handler) -> Handler:
        handler.known, handler.several = known, several  # type: ignore[attr-defined]
        return handler

    return mark


def endpoint(**methods: Handler) -> Callable[..., HttpResponseBase]:
    """A view that hands each method to its handler."""
    if "GET" in methods:
        methods.setdefault("HEAD", methods["GET"])
    allow = ", ".join(sorted({*methods, "OPTIONS"}))

    @csrf_exempt
    def view(request: HttpRequest, **where: str) -> HttpResponseBase:
        try:
            answer = _guarded(request, methods, allow, where)
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database refused: %s", error)
            answer = problems.unavailable()
        except Exception as error:
            logger.exception("an API call failed")
            answer = problems.unavailable() if openfiles.ran_out(error) else problems.unexpected()
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer

    return view


def _guarded(
    request: HttpRequest, methods: Mapping[str, Handler], allow: str, where: Mapping[str, str]
) -> HttpResponseBase:
    call: Call | None = None
    try:
        auth.speak_before_sign_in(request)
        if TOO_LARGE in request.META:
            raise RequestDataTooBig
        caller = auth.identify(request)
        call = Call(request, caller, environment(caller.actor))
        limits.take(caller.key)
        return _answer(call, methods, allow, where)
    except problems.Refusal as refusal:
        return problems.problem(refusal.status, refusal.title, refusal.headers)
    except DoorError as error:
        return _refused(error, call)
    except (bodies.TooLarge, RequestDataTooBig):
        return problems.problem(413, _("This is larger than is accepted at once."))
    except bodies.WrongType:
        return problems.problem(415, _("Send JSON in UTF-8, with Content-Type: application/json."))
    except Http404:
        return problems.not_found()
    except SuspiciousOperation:
        return problems.problem(400, _("That could not be read."))


def _answer(call: Call, methods: Mapping[str, Handler], allow: str, where: Mapping[str, str]) -> HttpResponseBase:
    method = call.request.method or ""
    if method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": allow})
    handler = methods.get(method)
    if handler is None:
        title = _("%(method)s does not work here.") % {"method": method[:20]}
        raise problems.Refusal(405, title, {"Allow": allow})
    call.params = bodies.parameters(call.request, getattr(handler, "known", ()), getattr(handler, "several", ()))
    return handler(call, **where)


def _refused(error: DoorError, call: Call | None) -> HttpResponse:
    if call is None or isinstance(error, NotFound):
        return problems.problem(error.status, error.title)
    specs = access.specs(call.entity, call.actor) if call.entity else {}
    return problems.of_door(error, call.env, specs)


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer."""
    return HttpResponse(
        bodies.dumps(value), status=status, content_type="application/json", headers=dict(headers or {})
    )


def number_of(text: str) -> int:
    """An id in an address; NotFound for what cannot be one."""
    if not (text.isascii() and text.isdigit() and len(text) <= ID_DIGITS) or not 0 < int(text) < 2**63 - 1:
        raise NotFound()
    return int(text)
