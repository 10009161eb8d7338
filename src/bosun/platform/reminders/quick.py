"""A reminder typed in one line: what was understood, in words, and what it is made from."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Date, Moment
from bosun.lib import dates, quickentry
from bosun.lib.quickentry import Entry
from bosun.platform.reminders.rulewords import in_words, nag_in_words

MOMENT, DAY = Moment(), Date()
TEXT = 200


def read(line: str, env: Env, closing: time) -> Entry:
    """A line, as of now on the clock of whoever types it, whose working day ends at `closing`."""
    month_first = env.language.startswith("zh")
    return quickentry.read(line, env.now, env.actor.zone, month_first=month_first, closing=closing)


def words(entry: Entry, env: Env) -> str:
    """What was understood: “Every week on Mon · first on 30/11/2026 09:00 · again every 30 minutes until done”."""
    if entry.due is None:
        return ""
    when = MOMENT.text(entry.due, env)
    said = []
    if entry.on_opening:
        day = when.partition(" ")[0]
        said.append(_("when you first open Bosun on %(day)s") % {"day": day})
    if entry.rule:
        said.append(in_words(entry.rule, env.language))
        said += [] if entry.on_opening else [_("first on %(time)s") % {"time": when}]
        said += [_("until %(day)s") % {"day": DAY.text(entry.until, env)}] if entry.until else []
    elif not entry.on_opening:
        said.append(when)
    if _ends_early(entry, env):
        said.append(_("It would end before it begins."))
    if entry.due <= env.now:
        said.append(_("this is past: you are told at once"))
    if entry.nag:
        said.append(nag_in_words(entry.nag))
    if entry.prepare:
        said.append(_("to prepare: %(lines)s") % {"lines": "; ".join(entry.prepare)})
    if entry.unread:
        said.append(_("not understood: %(part)s") % {"part": entry.unread})
    return " · ".join(said)


def _ends_early(entry: Entry, env: Env) -> bool:
    if entry.due is None or entry.until is None:
        return False
    return entry.until < dates.seen_in(entry.due, env.actor.zone).date()


def _refuse_longer(length: int, most: int) -> None:
    if length > most:
        said = _("At most %(max)s characters; this has %(now)s.") % {"max": most, "now": length}
        raise Invalid([FieldError("line", said)])


def values(entry: Entry, env: Env, about: dict[str, Any] | None = None, text: str = "") -> dict[str, Any]:
    """The fields of the reminder; Invalid where a line is too long, says no time, not what of, or an end before it."""
    _refuse_longer(entry.length, quickentry.LONGEST)
    for part in (entry.text, *entry.prepare):
        _refuse_longer(len(part), TEXT)
    said = entry.text or text[:TEXT]
    if entry.due is None:
        errors = [FieldError("line", _("Say when: “tomorrow 15:00”, “every Monday 9:00”, “in 2 hours”."))]
        if entry.unread:
            errors.append(FieldError("line", _("not understood: %(part)s") % {"part": entry.unread}))
        raise Invalid(errors)
    if _ends_early(entry, env):
        raise Invalid([FieldError("line", _("It would end before it begins."))])
    if not said:
        raise Invalid([FieldError("line", _("Say what to remind you of."))])
    lines = [{"text": line, "done": False} for line in entry.prepare]
    return {
        "text": said, "about": about, "due_at": entry.due, "rule": entry.rule or None, "nag_minutes": entry.nag,
        "on_opening": entry.on_opening, "checklist": lines or None,
        "until": entry.until,
    }  # fmt: skip
