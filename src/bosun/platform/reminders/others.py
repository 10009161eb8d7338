"""Those for whom a reminder is done, or put off, along with whoever does it on the page of the reminder."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bosun.kernel import access, registry
from bosun.kernel.env import Env
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Occurrence, Reminder

NAMED = 3


def asks_before(ids: Sequence[int], verb: str, env: Env) -> str:
    """Who of the others has not done these reminders yet, before a verb ends or puts them off for them too; nothing
    where that is nobody.
    """
    if verb not in ("done", "snooze"):
        return ""
    names = list(
        Person.objects.filter(pk__in=_along(ids, verb, env)).order_by("name", "pk").values_list("name", flat=True)
    )
    if not names:
        return ""
    said = ngettext("%(people)s has not done it yet.", "%(people)s have not done it yet.", len(names))
    rest = _("Done ends it for them too.") if verb == "done" else _("Snooze puts it off for them too.")
    return f"{said % {'people': _listed(names)}} {rest}"


def _along(ids: Sequence[int], verb: str, env: Env) -> set[int]:
    """The others whose part stands open, or has not been told yet."""
    me = env.actor.id
    parts = Occurrence.objects.filter(reminder__in=ids, state="open", deleted_at__isnull=True)
    parts = parts.filter(Q(reminder__owner=me) | access.rows(registry.get("occurrences"), env.actor, verb))
    parts = parts.exclude(Q(owner=me) | Q(owner=F("reminder__owner")))
    found = {person for person in parts.values_list("owner_id", flat=True) if person}
    once = Q(rule__isnull=True) | Q(rule="")
    coming = Reminder.objects.filter(once, pk__in=ids, state="open", owner=me, next_at__isnull=False)
    for people in coming.values_list("people", flat=True):
        found |= set(people or ())
    return found - {me}


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return pgettext("people", "%(names)s and %(n)s more") % {
            "names": ", ".join(names[:NAMED]),
            "n": len(names) - NAMED,
        }
    if len(names) == 1:
        return names[0]
    return _("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
