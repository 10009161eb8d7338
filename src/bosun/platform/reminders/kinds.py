"""Kinds that reminders and tasks bring: a checklist that is ticked, and a recurrence in words."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Kind, Number, Structured, Text
from bosun.kernel.kinds.base import refuse
from bosun.lib import locales, recurrence

TICK = "✓ "
MOST = 50
WITH_DAYS = frozenset(("DAILY", "WEEKLY", "MONTHLY"))
PLACES = {
    1: _lazy("the first %(day)s"),
    2: _lazy("the second %(day)s"),
    3: _lazy("the third %(day)s"),
    4: _lazy("the fourth %(day)s"),
    -1: _lazy("the last %(day)s"),
}


def check_list(raw: Any) -> list[dict[str, Any]]:
    """A checklist: texts, each done or not; Invalid otherwise."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST:
        raise Invalid(_("A checklist has at most %(max)s lines.") % {"max": MOST})
    checked = []
    for line in raw:
        text = line.get("text") if isinstance(line, Mapping) else line
        if not isinstance(text, str) or not text.strip() or len(text) > 200:
            raise Invalid(_("Each line of a checklist is a short text."))
        done = line.get("done", False) if isinstance(line, Mapping) else False
        if not isinstance(done, bool):
            raise Invalid(_("Each line of a checklist is done or not."))
        checked.append({"text": text.strip(), "done": done})
    return checked


class Checklist(Structured):
    """Lines, each done or not. People write one on each line; a line that begins with ✓ is done."""

    widget = "longtext"
    cell = "checklist"

    def __init__(self) -> None:
        super().__init__(check_list)

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

    def __init__(self, length: int, often: bool = False) -> None:
        super().__init__(length)
        self.often = often
        """True where it may come within a day, by hours or minutes."""

    def parse_filled(self, raw: Any, env: Env) -> str:
        text = super().parse_filled(raw, env)
        try:
            return recurrence.normalise(text, often=self.often)
        except recurrence.RecurrenceError as error:
            if error.code == "never":
                raise refuse(_("This would never come again. Choose other days.")) from None
            if self.often and error.code == "frequency":
                raise refuse(_("This recurrence cannot be used. It may come each minute at most.")) from None
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
    if recurrence.is_month_end(parts):
        parts = {name: value for name, value in parts.items() if not name.startswith("BY")}
    days, counted = _days(parts.get("BYDAY", ""))
    plain = {"FREQ", "INTERVAL", "WKST"} | ({"BYDAY"} if parts.get("FREQ") in WITH_DAYS else set())
    if set(parts) - plain or days is None or (counted and parts["FREQ"] != "MONTHLY"):
        return rule
    n = int(parts.get("INTERVAL", "1"))
    often = {
        "MINUTELY": ngettext("Every minute", "Every %(n)s minutes", n),
        "HOURLY": ngettext("Every hour", "Every %(n)s hours", n),
        "DAILY": ngettext("Every day", "Every %(n)s days", n),
        "WEEKLY": ngettext("Every week", "Every %(n)s weeks", n),
        "MONTHLY": ngettext("Every month", "Every %(n)s months", n),
        "YEARLY": ngettext("Every year", "Every %(n)s years", n),
    }[parts["FREQ"]] % {"n": n}
    if not days:
        return often
    if parts["FREQ"] == "MONTHLY":
        if len(days) > 1 or counted not in PLACES:
            return rule
        on = PLACES[counted] % {"day": _names(language, wide=True)[days[0]]}
        return _("%(often)s on %(days)s") % {"often": often, "days": on}
    if days == [0, 1, 2, 3, 4] and n == 1 and parts["FREQ"] == "WEEKLY":
        return _("Every weekday")
    names = _names(language, wide=language.startswith("zh"))
    return _("%(often)s on %(days)s") % {"often": often, "days": ", ".join(names[day] for day in days)}


def _days(text: str) -> tuple[list[int] | None, int]:
    """The days of the week that a rule names, from Monday on, and the place that stands before them: -1 is the last."""
    held = [each for each in text.split(",") if each]
    places = {each[:-2] for each in held}
    if len(places) > 1 or not all(each[-2:] in recurrence.DAYS for each in held):
        return None, 0
    return sorted({recurrence.DAYS.index(each[-2:]) for each in held}), int((places or {""}).pop() or 0)


def _names(language: str, wide: bool) -> Mapping[int, str]:
    found: Mapping[int, str] = get_day_names("wide" if wide else "abbreviated", locale=locales.shown(language))
    return found


class Minutes(Number):
    """How long something takes or waits; a sum of that over a list means nothing."""

    aggregates = ()  # type: ignore[assignment]


def of_kind(field: Any, kind: Kind) -> Any:
    """A plain column whose values are of a kind that is declared beside it."""
    field.kind = kind
    return field
