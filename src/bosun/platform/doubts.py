"""What is stored as it came, and may be a slip or a forgery all the same: said beside the value, never refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Date, Email, Kind, Url
from bosun.kernel.specs import FieldSpec
from bosun.lib import email, weblink

YEARS = 20
FAR = timedelta(days=YEARS * 365 + YEARS // 4)


def forged(kind: Kind, value: Any) -> str:
    """What speaks against an address; nothing when it looks as it is."""
    if isinstance(kind, Email) and value and email.mixed_script(value):
        return _("Letters of several scripts that look alike: this may be a forged address.")
    if isinstance(kind, Url) and value and weblink.mixed_script(value):
        return _("Letters of several scripts that look alike: this may be a forged address.")
    return ""


def of(entity: Entity, spec: FieldSpec, value: Any, env: Env) -> str:
    """What speaks against a value, in one sentence; nothing for nearly all."""
    return forged(spec.kind, value) or far(entity, spec, value, env)


def far(entity: Entity, spec: FieldSpec, value: Any, env: Env) -> str:
    """Whether a day is far ahead, or long gone where the entity names the field as `planned`."""
    if not isinstance(spec.kind, Date) or value is None:
        return ""
    ahead = _day(value, env) - env.today
    if ahead > FAR:
        return _("This is more than %(years)s years ahead. Look at the year again.") % {"years": YEARS}
    if ahead < -FAR and spec.name in entity.extras.get("planned", ()):
        return _("This is more than %(years)s years ago. Look at the year again.") % {"years": YEARS}
    return ""


def _day(value: Any, env: Env) -> date:
    day: date = value.astimezone(ZoneInfo(env.company.zone)).date() if isinstance(value, datetime) else value
    return day
