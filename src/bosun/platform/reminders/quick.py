"""A reminder typed in one line: what was understood, in words, and what it is made from."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Moment
from bosun.lib import quickentry
from bosun.lib.quickentry import Entry
from bosun.platform.reminders import kinds

MOMENT = Moment()
TEXT = 200


def read(line: str, env: Env) -> Entry:
    """A line, as of now on the clock of whoever types it."""
    return quickentry.read(line, env.now, env.actor.zone)


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
        said.append(kinds.in_words(entry.rule, env.language))
        said += [] if entry.on_opening else [_("first on %(time)s") % {"time": when}]
    elif not entry.on_opening:
        said.append(when)
    if entry.nag:
        again = ngettext("again every minute until done", "again every %(n)s minutes until done", entry.nag)
        said.append(again % {"n": entry.nag})
    if entry.prepare:
        said.append(_("to prepare: %(lines)s") % {"lines": "; ".join(entry.prepare)})
    return " · ".join(said)


def values(entry: Entry, about: dict[str, Any] | None = None, text: str = "") -> dict[str, Any]:
    """The fields of the reminder; Invalid where a line says no time, or not what of."""
    said = (entry.text or text)[:TEXT]
    if entry.due is None:
        raise Invalid([FieldError("line", _("Say when: “tomorrow 15:00”, “every Monday 9:00”, “in 2 hours”."))])
    if not said:
        raise Invalid([FieldError("line", _("Say what to remind you of."))])
    lines = [{"text": line[:TEXT], "done": False} for line in entry.prepare]
    return {
        "text": said, "about": about, "due_at": entry.due, "rule": entry.rule or None, "nag_minutes": entry.nag,
        "on_opening": entry.on_opening, "checklist": lines or None,
    }  # fmt: skip
