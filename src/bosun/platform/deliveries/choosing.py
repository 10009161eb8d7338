"""Choosing how to hear: by oneself, and by the company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import stamps
from bosun.kernel.actor import Actor
from bosun.kernel.errors import Denied, FieldError, Invalid, NotFound
from bosun.platform.deliveries import configured, plans, quiet
from bosun.platform.deliveries.models import WHEN, CompanyPlan, Preference

LONGEST = 7 * 24 * 60
"""Minutes."""


def of(actor: Actor) -> Preference:
    """What somebody chose; nothing as yet."""
    return Preference.objects.filter(pk=actor.id or 0).first() or Preference(pk=actor.id or 0)


@transaction.atomic
def choose(actor: Actor, kind: str, raw: Mapping[str, str]) -> None:
    """When each channel is taken for a kind of notice; an empty word leaves it to the company."""
    person = _known(actor, kind)
    fixed = plans.of_kind(kind).fixed
    taken = _taken({key: raw[key] for key in configured.enabled() if key in raw and key not in fixed})
    held, _made = Preference.objects.select_for_update().get_or_create(pk=person)
    Preference.objects.filter(pk=person).update(kinds={**held.kinds, kind: taken})


def _known(actor: Actor, kind: str) -> int:
    if kind not in plans.KINDS or actor.id is None:
        raise NotFound()
    if actor.read_only:
        raise Denied()
    return actor.id


def _taken(raw: Mapping[str, str]) -> dict[str, str]:
    wrong = [key for key, when in raw.items() if when and when not in WHEN]
    if wrong:
        raise Invalid([FieldError(key, _("Choose from the list.")) for key in wrong])
    return {key: when for key, when in raw.items() if when}


@transaction.atomic
def keep_quiet(actor: Actor, begin: str, end: str, digest: str) -> None:
    """Quiet hours, and when the daily digest goes out; empty for none."""
    person = _known(actor, plans.REMINDER)
    times = {"quiet_from": begin, "quiet_until": end, "digest_at": digest}
    found: dict[str, time | None] = {}
    wrong = []
    for name, text in times.items():
        try:
            read = time.fromisoformat(text.strip().zfill(5)) if text.strip() else None
            found[name] = time(read.hour, read.minute) if read else None
        except ValueError:
            wrong.append(FieldError(name, _("Write a time as in 22:00.")))
    if not wrong and (found["quiet_from"] is None) != (found["quiet_until"] is None):
        lacking = "quiet_from" if found["quiet_from"] is None else "quiet_until"
        wrong.append(FieldError(lacking, _("Say from when and until when.")))
    elif not wrong and found["quiet_from"] is not None and found["quiet_from"] == found["quiet_until"]:
        wrong.append(FieldError("quiet_until", _("Quiet hours end at another time than they begin.")))
    if wrong:
        raise Invalid(wrong)
    Preference.objects.update_or_create(pk=person, defaults=found)
    stamps.bump(quiet.STAMP)


@transaction.atomic
def decide(actor: Actor, kind: str, raw: Mapping[str, str], fixed: Sequence[str], minutes: int, ladder: bool) -> None:
    """The company's plan for a kind of notice; administrators alone."""
    if not actor.is_admin:
        raise Denied()
    _known(actor, kind)
    if not 1 <= minutes <= LONGEST:
        raise Invalid([FieldError("minutes", _("Give a number from 1 to %(most)s.") % {"most": LONGEST})])
    held: dict[str, Any] = plans.of_kind(kind).channels
    taken = {key: when or "never" for key, when in raw.items() if key in configured.enabled()}
    _taken(taken)
    kept = {"channels": {**held, **taken}, "fixed": [key for key in fixed if key in taken], "minutes": minutes}
    CompanyPlan.objects.update_or_create(kind=kind, defaults={**kept, "ladder": ladder})
    stamps.bump(plans.STAMP)
