"""Who hears of an absence: whoever stands in, when it is arranged and when it is off; the one who is away, when
somebody else arranges it, and when it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock, locales
from bosun.platform.away import handing, periods, routing, rules
from bosun.platform.away.models import Delegation
from bosun.platform.org import actors
from bosun.platform.reminders import services as reminders
from bosun.platform.reminders.models import Notice

ENTITY = "delegations"
BEGINS, ENDS = frozenset(("created", "restored")), frozenset(("removed",))
LEFT = "left"
"""Why an absence has changed where whoever stood in has left."""
AWAY = "away"
"""The kind of what somebody is told about an absence that is not his own, or is over."""
ON = gettext_lazy("You stand in for %(person)s from %(first)s until %(last)s.")
INSTEAD = gettext_lazy("You stand in for %(person)s, not for %(before)s, from %(first)s until %(last)s.")
OFF = gettext_lazy("You no longer stand in for %(person)s from %(first)s until %(last)s.")


def day_words(day: date, language: str) -> str:
    """A day as one says it: Friday 27 November."""
    pattern = {"en": "EEEE d MMMM", "es": "EEEE d 'de' MMMM"}.get(language, "M月d日EEEE")
    return format_date(day, pattern, locale=locales.shown(language))


@dataclass(frozen=True)
class Held:
    """What holds of an absence: who is away, who stands in, from when until when."""

    person: int
    delegate: int
    first_day: date
    last_day: date


def _held(draft: Draft, place: int, now: datetime) -> Held | None:
    """What held before a draft (0), or holds after it (1); None where there is no absence, or it is over."""
    if draft.verb in (BEGINS, ENDS)[place]:
        return None
    row = draft.record
    values = {
        "person": row.person_id,
        "delegate": row.delegate_id,
        "first_day": row.first_day,
        "last_day": row.last_day,
    }
    held = Held(**{name: draft.diff.get(name, (value, value))[place] for name, value in values.items()})
    over = rules.moments(held.first_day, held.last_day, periods.zone_of(held.person))[1] <= now
    return None if over else held


def tell_delegates(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: whoever is to stand in hears of it, of another person and of other days, and that it is off. What
    anybody was told before is put away.
    """
    for draft in drafts:
        before, after = _held(draft, 0, env.now), _held(draft, 1, env.now)
        if before == after:
            continue
        _put_away(draft.id)
        stays = before is not None and after is not None and before.delegate == after.delegate
        if before is not None and not stays:
            _tell_delegate(draft, before, OFF, before.person, act, env)
        if after is not None:
            instead = before.person if before is not None and stays else after.person
            _tell_delegate(draft, after, ON if instead == after.person else INSTEAD, instead, act, env)


def _tell_delegate(draft: Draft, held: Held, said: Any, instead: int, act: Act, env: Env) -> None:
    reader = actors.load(held.delegate)
    # What the software arranges in somebody's name is news to him too.
    himself = held.delegate == act.actor.id and not act.depth
    if reader is None or himself:
        return
    with translation.override(reader.language):
        text = str(said) % {
            "person": handing.name_of(held.person),
            "before": handing.name_of(instead),
            "first": day_words(held.first_day, reader.language),
            "last": day_words(held.last_day, reader.language),
        }
    say(held.delegate, f"{AWAY}:{draft.id}:{draft.change_id}", text, 0 if said is OFF else draft.id, env.now)


def tell_person(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: the one who is away hears of what somebody else arranges, as it opens to others what is his alone."""
    for draft in drafts:
        row, days = draft.record, {"first_day", "last_day"} & set(draft.diff)
        # Where whoever stood in has left, the succession says so itself.
        if (
            act.cause == LEFT
            or not (draft.diff or draft.verb in ENDS | BEGINS)
            or (row.ends_at <= env.now and not days)
        ):
            continue
        before, person = draft.diff.get("person", (None, None))[0], row.person_id
        if before is not None and draft.verb not in BEGINS:
            _tell_person(draft, before, "removed", act, env)
        _tell_person(draft, person, "created" if before else draft.verb, act, env)


def _tell_person(draft: Draft, person: int, verb: str, act: Act, env: Env) -> None:
    row, reader = draft.record, actors.load(person)
    if reader is None or person == act.actor.id:
        return
    place = 0 if verb in ENDS else 1
    first, last = (draft.diff.get(name, (getattr(row, name),) * 2)[place] for name in ("first_day", "last_day"))
    with translation.override(reader.language):
        if verb in ENDS:
            said = _("%(who)s ended your absence from %(first)s until %(last)s.")
        elif verb in BEGINS:
            said = _("%(who)s arranged your absence: %(delegate)s stands in from %(first)s until %(last)s.")
        else:
            said = _("%(who)s changed your absence: %(delegate)s stands in from %(first)s until %(last)s.")
        text = said % {
            "who": act.actor.name,
            "delegate": handing.name_of(row.delegate_id),
            "first": day_words(first, reader.language),
            "last": day_words(last, reader.language),
        }
    holds = verb not in ENDS and row.ends_at > env.now
    say(person, f"{routing.ABSENCE}:{row.pk}:{draft.change_id}", text, row.pk if holds else 0, env.now)


def say(person: int, key: str, text: str, absence: int, now: datetime) -> None:
    """Tell somebody of an absence, in place of what he was told of it before. What is over takes the cards that speak
    of it (`absence`) along; one that speaks of none stays.
    """
    _put_away(int(key.split(":")[1]), person_id=person)
    reminders.tell(person, key, text, ENTITY if absence else "", absence, now)


def _put_away(absence: int, **whose: int) -> None:
    """Close what was told of an absence, to everybody or to one person."""
    told = Q(key__startswith=f"{AWAY}:{absence}:") | Q(key__startswith=f"{routing.ABSENCE}:{absence}:")
    Notice.objects.filter(told, closed_at__isnull=True, **whose).update(closed_at=clock.now())


def hand_back(row: Delegation, now: datetime) -> None:
    """An absence is over: cards that are still open go back, and the one who was away hears what was done."""
    reminders.settle(ENTITY, row.pk)
    routing.hand_back(row.person_id, now)
    back = actors.load(row.person_id)
    if back is None or row.deleted_at is not None or periods.absence_of(row.person_id, now) is not None:
        return
    found = handing.done_meanwhile(row)
    people = ", ".join(handing.name_of(pk) for pk in dict.fromkeys(each.actor_id for each in found if each.actor_id))
    with translation.override(back.language):
        done = ngettext(
            "Welcome back. %(delegate)s did %(n)s thing for you.",
            "Welcome back. %(delegate)s did %(n)s things for you.",
            len(found),
        )
        text = done % {"delegate": people, "n": len(found)} if found else _("Welcome back.")
    # Once for each end: whose days were made longer afterwards comes back again.
    key = f"{AWAY}:{row.pk}:back:{int(row.ends_at.timestamp())}"
    say(row.person_id, key, text, row.pk, now)
