"""How something comes again, chosen in words: the input of a form, and what it posts."""

from __future__ import annotations

from typing import Any

from babel.dates import get_day_names
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bosun.lib import locales, recurrence
from bosun.web import fields

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CHOICES = {
    "": _("Never"),
    "DAILY": _("Daily"),
    "WEEKLY": _("Weekly"),
    "MONTHLY": _("Monthly"),
    "YEARLY": _("Yearly"),
    "custom": _("By a rule of one's own"),
}


def read(post: QueryDict, name: str) -> str:
    """The rule that was chosen, or typed."""
    choice = post.get(f"{name}_choice")
    if choice is None:
        return post.get(name, "")
    if choice == "custom":
        return post.get(f"{name}_rule", "")
    if choice not in recurrence.FREQUENCIES:
        return ""
    n = post.get(f"{name}_n", "").strip()
    parts = [f"FREQ={choice}"]
    if n not in ("", "1"):
        parts.append(f"INTERVAL={n}")
    days = [day for day in post.getlist(f"{name}_days") if day in DAYS]
    if choice == "WEEKLY" and days:
        parts.append(f"BYDAY={','.join(days)}")
    return ";".join(parts)


def shown(raw: Any) -> dict[str, Any]:
    """A rule in the shape of the input; what cannot be said in words stands as the rule."""
    rule = str(raw or "")
    parts = recurrence.parts_of(rule.upper().removeprefix("RRULE:"))
    if recurrence.is_month_end(parts):
        parts = {name: value for name, value in parts.items() if not name.startswith("BY")}
    often = parts.get("FREQ", "")
    known = {"FREQ", "INTERVAL", "BYDAY"} if often == "WEEKLY" else {"FREQ", "INTERVAL"}
    held = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    plain = often in recurrence.FREQUENCIES and not set(parts) - known and set(held) <= set(DAYS)
    choice = often if plain else "custom" if rule else ""
    names = get_day_names("abbreviated", locale=locales.find(get_language() or "en"))
    return {
        "choice": choice,
        "n": parts.get("INTERVAL", "1") if plain else "1",
        "rule": rule if choice == "custom" else "",
        "choices": [{"key": key, "label": label, "chosen": key == choice} for key, label in CHOICES.items()],
        "days": [{"key": day, "label": names[at], "on": plain and day in held} for at, day in enumerate(DAYS)],
    }


fields.READERS["recurrence"] = read
