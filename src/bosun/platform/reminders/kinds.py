"""Kinds that reminders and tasks bring: a checklist that is ticked, and a recurrence in words."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Kind, Moment, Number, References, Structured, Text
from bosun.kernel.kinds.base import refuse
from bosun.lib import recurrence
from bosun.lib import text as texts
from bosun.platform.reminders import nearness
from bosun.platform.reminders.rulewords import in_words, nag_alone

TICK = "✓ "
MOST = 50


def check_list(raw: Any) -> list[dict[str, Any]]:
    """A checklist: texts, each done or not; Invalid otherwise."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST:
        raise Invalid(_("A checklist has at most %(max)s lines.") % {"max": MOST})
    checked = []
    for line in raw:
        text = line.get("text") if isinstance(line, Mapping) else line
        try:
            text = texts.clean(text) if isinstance(text, str) else ""
        except texts.TextError:
            raise Invalid(_("This text holds characters that cannot be stored. Type it again.")) from None
        if texts.is_blank(text) or len(text) > 200:
            raise Invalid(_("Each line of a checklist is a short text."))
        done = line.get("done", False) if isinstance(line, Mapping) else False
        if not isinstance(done, bool):
            raise Invalid(_("Each line of a checklist is done or not."))
        checked.append({"text": text, "done": done})
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
            if error.code == "count":
                raise refuse(_("It may come from once to %(max)s times.") % {"max": recurrence.MOST_TIMES}) from None
            if self.often and error.code == "part":
                raise refuse(_("A part of this recurrence cannot be used here.")) from None
            if error.code == "times":
                most = recurrence.MOST_A_DAY
                raise refuse(_("It names too many times of a day: at most %(max)s.") % {"max": most}) from None
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


class Minutes(Number):
    """How long something takes or waits; a sum of that over a list means nothing."""

    aggregates = ()  # type: ignore[assignment]


class Nag(Minutes):
    """How often something comes again until it is done, in words; nothing for what is told once."""

    cell = "text"

    def text(self, value: Any, env: Env) -> str:
        return nag_alone(value, env.language) if value else ""


class Reminded(References):
    """People, of whom those are offered whom one may remind."""

    picker = "/remind/people"
    """The address that answers with these people alone."""


class Coming(Moment):
    """When something comes: as long as it is open, by colour and word how near that is."""

    cell = "state"

    def mark(self, value: Any, record: Any, env: Env) -> Mapping[str, Any] | None:
        if value is None or record is None or record.state != "open":
            return None
        at = record.snoozed_until or getattr(record, "next_at", None) or value
        return nearness.ring(at, record.created_at or env.now, env)


def of_kind(field: Any, kind: Kind) -> Any:
    """A plain column whose values are of a kind that is declared beside it."""
    field.kind = kind
    return field
