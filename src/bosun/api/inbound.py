"""The addresses to which programs outside send: no log-in, but a token in the address and a signature."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from bosun.api import bodies, limits, problems
from bosun.api.dispatch import answer
from bosun.kernel import records, stamps
from bosun.kernel.actor import Actor
from bosun.kernel.errors import DoorError, NotFound, Unreadable
from bosun.platform.webhooks import receiving

logger = logging.getLogger(__name__)
RATE = 50
"""Messages a second for each address, twice as many at once; some senders repeat one fifty times in parallel."""


@csrf_exempt
def receive(request: HttpRequest, token: str) -> HttpResponse:
    """Take one message."""
    found = _answered(request, token)
    # Django would write the address of a refusal into the log, and with it the token.
    found._has_been_logged = True  # type: ignore[attr-defined]
    return found


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    try:
        if request.method != "POST":
            return problems.problem(
                405, _("%(method)s does not work here.") % {"method": str(request.method)[:20]}, {"Allow": "POST"}
            )
        stamps.refresh()
        return _take(request, token)
    except problems.Refusal as refusal:
        return problems.problem(refusal.status, refusal.title, refusal.headers)
    except receiving.Unsigned:
        return problems.problem(401, _("The signature is missing, wrong or too old."))
    except NotFound:
        return problems.not_found()
    except DoorError as error:
        return problems.of_door(error, records.environment(Actor(id=None, name="")), {})
    except (bodies.TooLarge, RequestDataTooBig):
        return problems.problem(413, _("This is larger than is accepted at once."))
    except bodies.WrongType:
        return problems.problem(415, _("Send JSON in UTF-8, with Content-Type: application/json."))
    except (SuspiciousOperation, UnreadablePostError):
        return problems.problem(400, _("That could not be read."))
    except (OperationalError, InterfaceError):
        logger.warning("the database refused", exc_info=True)
        return problems.unavailable()
    except Exception:
        logger.exception("an inbound webhook failed")
        return problems.unexpected()


def _take(request: HttpRequest, token: str) -> HttpResponse:
    hook = receiving.find(token)
    limits.take(f"hook:{hook.pk}", RATE)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > receiving.MOST_BYTES:
        raise bodies.TooLarge
    raw = request.body
    if len(raw) > receiving.MOST_BYTES:
        raise bodies.TooLarge
    if request.content_type not in bodies.JSON_TYPES:
        raise bodies.WrongType
    message = receiving.message_id(hook, raw, {name.lower(): value for name, value in request.headers.items()})
    done = receiving.take(hook, message, _json(raw))
    headers = {"Idempotent-Replayed": "true"} if done.again else {}
    told = dict(sorted(done.answer.items()))  # PostgreSQL keeps keys in an order of its own
    return answer(told, done.status, {**headers, "Cache-Control": "no-store"})


def _json(raw: bytes) -> Any:
    try:
        return bodies.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Unreadable(_("The body is not UTF-8.")) from None
