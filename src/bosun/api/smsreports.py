"""The address at which gateways of short messages say what arrived: no log-in, but a secret in the address."""

from __future__ import annotations

import hmac
import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from bosun.api import bodies, limits, problems
from bosun.kernel import stamps
from bosun.kernel.errors import Unreadable
from bosun.platform.deliveries import configured, reports
from bosun.platform.deliveries.channels.sms_http import SmsHttp

logger = logging.getLogger(__name__)
RATE = 50
"""Reports a second, twice as many at once."""
MOST_BYTES = 262_144


@csrf_exempt
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Take what a gateway tells."""
    found = _answered(request, secret)
    # Django would write the address of a refusal into the log, and with it the secret.
    found._has_been_logged = True  # type: ignore[attr-defined]
    return found


def _answered(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        if request.method not in ("GET", "POST"):
            said = _("%(method)s does not work here.") % {"method": request.method}
            return problems.problem(405, said, {"Allow": "GET, POST"})
        stamps.refresh()
        return _take(request, secret)
    except problems.Refusal as refusal:
        return problems.problem(refusal.status, refusal.title, refusal.headers)
    except (bodies.TooLarge, RequestDataTooBig):
        return problems.problem(413, _("This is larger than is accepted at once."))
    except (SuspiciousOperation, UnreadablePostError, Unreadable, UnicodeDecodeError, ValueError):
        return problems.problem(400, _("That could not be read."))
    except (OperationalError, InterfaceError):
        logger.warning("the database refused", exc_info=True)
        return problems.unavailable()
    except Exception:
        logger.exception("a delivery report failed")
        return problems.unexpected()


def _take(request: HttpRequest, secret: str) -> HttpResponse:
    settings = configured.values_of(SmsHttp.key)
    meant = str(settings.get("report_secret") or "")
    if not meant or not hmac.compare_digest(meant.encode(), secret.encode()):
        return problems.not_found()
    limits.take("sms-reports", RATE)
    told, until = reports.told(settings, _body(request)), reports.patience()
    taken = [reports.take(SmsHttp.key, [key], outcome, until) for key, outcome in told]
    if "later" in taken:
        return problems.problem(503, _("It is not known yet. Tell it again."), {"Retry-After": "10"})
    answer = str(settings.get("report_answer") or "")
    return HttpResponse(answer, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def _body(request: HttpRequest) -> Any:
    """What was sent as parameters, as a form, or as JSON."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise bodies.TooLarge
    if request.content_type in bodies.JSON_TYPES:
        return bodies.loads(request.body.decode("utf-8"))
    return {**request.GET.dict(), **request.POST.dict()}
