"""Kinds that tasks bring: a checklist that is ticked, a recurrence in words, and how near the due time is."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel.env import Env
from bosun.kernel.kinds import Choice, Structured, Text
from bosun.kernel.kinds.base import refuse
from bosun.lib import locales, recurrence
from bosun.modules.activities import tasks

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
TICK = "✓ "
SHOWN = {"en": "en_GB"}


class Checklist(Structured):
    """Lines, each done or not. People write one on each line; a line that begins with ✓ is done."""

    widget = "longtext"
    cell = "checklist"

    def __init__(self) -> None:
        super().__init__(tasks.check_list)

    def parse_filled(self, raw: Any, env: Env) -> Any:
        if isinstance(raw, str) and not raw.lstrip().startswith("["):
            lines = [line.strip() for line in raw.splitlines() if line.strip()]
            raw = [{"text": line.removeprefix(TICK.strip()), "done": line.startswith(TICK.strip())} for line in lines]
        return super().parse_filled(raw, env)

    def text(self, value: Any, env: Env) -> str:
        if not value:
            return ""
        done = sum(1 for line in value if line["done"])
        return _("%(done)s of %(all)s done") % {"done": done, "all": len(value)}

    def export(self, value: Any, env: Env) -> str:
        return "" if not value else json.dumps(value, ensure_ascii=False)

    def form(self, value: Any, env: Env) -> Any:
        return "\n".join(f"{TICK if line['done'] else ''}{line['text']}" for line in value or ())

    def words(self, value: Any) -> str:
        return " ".join(line["text"] for line in value or ())


class Recurrence(Text):
    """How something comes again, as calendars write it; shown in words."""

    widget = "recurrence"

    def parse_filled(self, raw: Any, env: Env) -> str:
        text = super().parse_filled(raw, env)
        try:
            return recurrence.normalise(text)
        except recurrence.RecurrenceError as error:
            if error.code == "never":
                raise refuse(_("This would never come again. Choose other days.")) from None
            raise refuse(_("This recurrence cannot be read. Daily, weekly, monthly or yearly works.")) from None

    def one_operand(self, raw: Any, env: Env) -> Any:
        wanted = super().parse_filled(raw, env)  # a part of a rule is looked for, or what never was one
        if not wanted:
            raise refuse(_("Give a value to compare with."))
        return wanted

    def text(self, value: Any, env: Env) -> str:
        return in_words(value, env.language) if value else ""

    def operand_text(self, op: str, operand: Any, env: Env) -> str:
        return ", ".join(operand) if isinstance(operand, list) else str(operand or "")

    def export(self, value: Any, env: Env) -> str:
        return value or ""

    def sample(self, rng: random.Random) -> Any:
        return rng.choice(("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY"))


def in_words(rule: str, language: str) -> str:
    """A rule as one says it; the rule itself where it is none of the plain ones."""
    parts = recurrence.parts_of(rule)
    plain = {"FREQ", "INTERVAL", "BYDAY"} if parts.get("FREQ") == "WEEKLY" else {"FREQ", "INTERVAL"}
    if recurrence.is_month_end(parts):
        parts = {name: value for name, value in parts.items() if not name.startswith("BY")}
    if set(parts) - plain - {"WKST"}:
        return rule
    n = int(parts.get("INTERVAL", "1"))
    often = {
        "DAILY": ngettext("Every day", "Every %(n)s days", n),
        "WEEKLY": ngettext("Every week", "Every %(n)s weeks", n),
        "MONTHLY": ngettext("Every month", "Every %(n)s months", n),
        "YEARLY": ngettext("Every year", "Every %(n)s years", n),
    }[parts["FREQ"]] % {"n": n}
    if "BYDAY" not in parts:
        return often
    locale = locales.find(SHOWN.get(language, language))
    names = get_day_names("wide" if language.startswith("zh") else "abbreviated", locale=locale)
    chosen = [day for day in DAYS if day in parts["BYDAY"].split(",")]
    if len(chosen) != len(parts["BYDAY"].split(",")):
        return rule
    days = ", ".join(names[DAYS.index(day)] for day in chosen)
    return _("%(often)s on %(days)s") % {"often": often, "days": days}


class DueState(Choice):
    """How near the due time of a task is, by colour and word."""

    key = "state"
    cell = "state"
    groupable = False

    def mark(self, value: Any, record: Any, env: Env) -> Mapping[str, Any] | None:
        if value is None or record is None or record.due is None:
            return None
        return tasks.ring(record.due, record.created_at or env.now, env)


DUE_STATE = DueState("", tasks.STATES)
