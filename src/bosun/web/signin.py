"""What guessers of passwords are answered, and who may ask for a link."""

from __future__ import annotations

from typing import Any

from allauth.account import views
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bosun.kernel import ports
from bosun.lib import clock
from bosun.platform.accounts import adapters, lockout
from bosun.web import errors


def locked_out(request: HttpRequest, answer: HttpResponseBase | None = None, credentials: Any = None) -> HttpResponse:
    """Too many wrong passwords: when to try again."""
    again = lockout.free_again(request, credentials)
    with timezone.override(ports.company().zone):
        at = date_format(timezone.localtime(again), "TIME_FORMAT")
    error = {
        "title": _("Too many tries"),
        "text": _("Sign in again at %(time)s, or ask an administrator for a new password.") % {"time": at},
        "safe": [_("The account is safe: this keeps others from guessing.")],
        "back_url": request.path,
        "icon": "lock",
        "code": 429,
    }
    drawn = errors.drawn(request, 429, error, framed=False)
    drawn.headers["Retry-After"] = str(max(1, int((again - clock.now()).total_seconds())))
    return drawn


def password_reset(request: HttpRequest) -> HttpResponseBase:
    """A link for a new password by mail; only where mails leave this machine."""
    if not adapters.mail_works():
        return errors.not_found(request)
    answer: HttpResponseBase = views.password_reset(request)
    return answer
