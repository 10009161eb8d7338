"""Who hears of an absence: whoever stands in, when it is arranged; the one who was away, when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import locales
from bosun.platform.away import handing, routing
from bosun.platform.away.models import Delegation
from bosun.platform.org import actors
from bosun.platform.reminders import services as reminders

ENTITY = "delegations"


def day_words(day: date, language: str) -> str:
    """A day as one says it: Friday 27 November."""
    pattern = {"en": "EEEE d MMMM", "es": "EEEE d 'de' MMMM"}.get(language, "M月d日EEEE")
    return format_date(day, pattern, locale=locales.shown(language))


def tell_delegates(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: whoever is to stand in hears of it, and of other days."""
    for draft in drafts:
        if draft.verb not in ("created", "changed") or not {"delegate", "first_day", "last_day"} & set(draft.diff):
            continue
        row = draft.record
        reader = actors.load(row.delegate_id)
        # What the software arranges in somebody's name is news to him too.
        himself = row.delegate_id == act.actor.id and not act.depth
        if reader is None or himself or row.ends_at <= env.now:
            continue
        with translation.override(reader.language):
            text = _("You stand in for %(person)s from %(first)s until %(last)s.") % {
                "person": handing.name_of(row.person_id),
                "first": day_words(row.first_day, reader.language),
                "last": day_words(row.last_day, reader.language),
            }
        reminders.tell(row.delegate_id, f"away:{row.pk}:{draft.change_id}", text, ENTITY, row.pk, env.now)


def hand_back(row: Delegation, now: datetime) -> None:
    """An absence is over: cards that are still open go back, and the one who was away hears what was done."""
    reminders.settle(ENTITY, row.pk)
    routing.hand_back(row.person_id, row.begins_at, now)
    back = actors.load(row.person_id)
    if back is None or row.deleted_at is not None:
        return
    count = len(handing.done_meanwhile(row))
    with translation.override(back.language):
        text = ngettext(
            "Welcome back. %(delegate)s did %(n)s thing for you.",
            "Welcome back. %(delegate)s did %(n)s things for you.",
            count,
        ) % {"delegate": handing.name_of(row.delegate_id), "n": count}
    reminders.tell(row.person_id, f"away:{row.pk}:back", text, ENTITY, row.pk, now)
