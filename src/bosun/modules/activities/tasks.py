"""Pure decisions about tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.lib import recurrence
from bosun.modules.activities.rules import customer_of

PRIORITIES = {"high": _lazy("High"), "normal": _lazy("Normal"), "low": _lazy("Low")}
MOST = 50


def check_list(raw: Any) -> list[dict[str, Any]]:
    """A checklist: texts, each done or not; Invalid otherwise."""
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST:
        raise Invalid(_("A checklist has at most %(max)s lines.") % {"max": MOST})
    checked = []
    for line in raw:
        text = line.get("text") if isinstance(line, Mapping) else line
        if not isinstance(text, str) or not text.strip() or len(text) > 200:
            raise Invalid(_("Each line of a checklist is a short text."))
        checked.append({"text": text.strip(), "done": bool(isinstance(line, Mapping) and line.get("done"))})
    return checked


def find_customer(draft: Draft, env: Env) -> None:
    """The customer of what the task is about."""
    if "about" in draft.values:
        about = draft.values["about"]
        draft.put("customer", customer_of(about.entity, about.id) if about else None)


def check_recurrence(draft: Draft, env: Env) -> None:
    """A recurrence rule that can be used, and a first time for it."""
    rule = draft.values.get("recurrence")
    if rule is None:
        return
    try:
        draft.put("recurrence", recurrence.normalise(rule))
    except recurrence.RecurrenceError:
        draft.refuse("recurrence", _("This recurrence cannot be read. Daily, weekly, monthly or yearly works."))
    if draft.value("due") is None:
        draft.refuse("due", _("What recurs needs a first time."))
