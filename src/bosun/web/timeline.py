"""The timeline of a record: its history and what modules tell, under headings of days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.translation import gettext as _

from bosun.kernel import history, slots
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.history import Entry, Line
from bosun.kernel.slots import Happening
from bosun.lib import locales
from bosun.web import automation
from bosun.web.present import record_url, short
from bosun.web.visit import Visit

PAGE = 25
MONTH = 31
TONES = {"positive": "good", "neutral": "", "refused": "overdue"}
RESULT_ICONS = {"positive": "check", "refused": "x"}
SYSTEM_DOORS = frozenset(("system", "rule", "import", "command"))


def of(visit: Visit, entity: Entity, record: Any, limit: int = PAGE) -> dict[str, Any]:
    """One page of the timeline in the shape of record/timeline.html."""
    before = read_moment(visit.request.GET.get("before", ""))
    told = [(each.at, _happening(each)) for each in happenings(visit.env, entity, record, limit + 1, before)]
    past, more = history.until(entity, record.pk, visit.env, limit + 1, before)
    by_rule, answered = automation.authors(past), automation.answered(past)
    shown_acts = [entry for entry in past if worth_telling(entry)]
    told += [
        (entry.at, {**_entry(entry, visit.env, by_rule), "why": answered.get(entry.id, [])}) for entry in shown_acts
    ]
    if before is not None:
        told = [each for each in told if each[0] < before]
    told.sort(key=lambda each: each[0], reverse=True)
    shown = told[:limit]
    base = record_url(entity, record.pk)
    left = len(told) > limit or (more is not None and bool(shown))
    return {
        "days": by_day(shown, visit.env),
        "more_url": f"{base}/timeline?before={write_moment(shown[-1][0])}" if left else "",
    }


def happenings(env: Env, entity: Entity, record: Any, limit: int, before: datetime | None) -> Iterable[Happening]:
    """What modules tell about a record."""
    for provider in slots.of("record.timeline"):
        yield from provider(entity, record, env, limit, before)


def worth_telling(entry: Entry) -> bool:
    """False for what only follows from something that is told anyway."""
    if entry.verb != "changed":
        return True
    return any(not line.spec.read_only for line in entry.lines)


def read_moment(text: str) -> datetime | None:
    """The moment before which the next page begins."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def write_moment(at: datetime) -> str:
    """A moment in an address."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


# entries ---------------------------------------------------------------------------------------------------------


def _happening(each: Happening) -> dict[str, Any]:
    result = None
    if each.result:
        tone, icon = TONES.get(each.result, ""), RESULT_ICONS.get(each.result, "")
        result = {"label": each.result_label or each.result, "tone": tone, "icon": icon}
    return {
        "icon": each.icon,
        "what": each.what,
        "who": each.who,
        "at": each.at,
        "body": each.body,
        "said": each.said,
        "result": result,
        "chips": list(getattr(each, "chips", ())),
        "url": f"/{each.entity}/{each.id}" if each.id else "",
    }


def _entry(entry: Entry, env: Env, by_rule: Mapping[str, str]) -> dict[str, Any]:
    system = entry.actor_id is None or entry.door in SYSTEM_DOORS
    return {
        "icon": icon_of(entry),
        "system": system,
        "what": what_of(entry),
        "who": by_rule.get(entry.cause, entry.actor),
        "at": entry.at,
        "url": f"{record_url(entry.entity, entry.record_id)}/pages/automation" if entry.cause in by_rule else "",
        "changes": [in_words(line, env) for line in entry.lines] if entry.verb != "created" else [],
    }


def icon_of(entry: Entry) -> str:
    """The icon of an act."""
    known = {
        "created": "plus",
        "changed": "pencil",
        "removed": "trash",
        "restored": "arrow-back-up",
        "attached": "paperclip",
        "detached": "paperclip",
        "undone": "arrow-back-up",
    }
    if entry.verb in known:
        return known[entry.verb]
    return next((verb.icon for verb in entry.entity.verbs.values() if verb.past == entry.verb), "bolt")


def what_of(entry: Entry) -> str:
    """What was done, in a word or two."""
    if entry.verb == "changed" and entry.lines:
        labels = [str(line.spec.label) for line in entry.lines if not line.spec.read_only]
        return _(", ").join(labels[:3]) + (" …" if len(labels) > 3 else "")
    words = {
        "created": _("Created"),
        "removed": _("Moved to the bin"),
        "restored": _("Brought back"),
        "undone": _("Undone"),
        "attached": _("File added"),
        "detached": _("File removed"),
    }
    label = next((str(verb.label) for verb in entry.entity.verbs.values() if verb.past == entry.verb), "")
    return words.get(entry.verb) or label or history.verb_words(entry.verb)


def in_words(line: Line, env: Env) -> dict[str, str]:
    """One field, before and after."""
    kind = line.spec.kind
    return {
        "label": str(line.spec.label),
        "was": short(kind, line.before, env) if line.before is not None else "",
        "now": short(kind, line.after, env) if line.after is not None else "",
    }


# days ------------------------------------------------------------------------------------------------------------


def by_day(entries: Sequence[tuple[datetime, dict[str, Any]]], env: Env) -> list[dict[str, Any]]:
    """Entries under headings, in their order."""
    zone = ZoneInfo(env.actor.zone)
    today = env.now.astimezone(zone).date()
    days: list[dict[str, Any]] = []
    for at, entry in entries:
        label = day_label(at.astimezone(zone).date(), today, env)
        if not days or days[-1]["label"] != label:
            days.append({"label": label, "entries": []})
        days[-1]["entries"].append(entry)
    return days


def day_label(day: date, today: date, env: Env) -> str:
    """Today, Yesterday, Mon 9 Nov, October, October 2025."""
    away = (today - day).days
    if away == 0:
        return _("Today")
    if away == 1:
        return _("Yesterday")
    locale = locales.shown(env.language)
    chinese = env.language.startswith("zh")
    if -1 <= away < MONTH:
        return format_date(day, "M 月 d 日 EEE" if chinese else "EEE d MMM", locale=locale)
    if day.year == today.year:
        return format_date(day, "M 月" if chinese else "MMMM", locale=locale).capitalize()
    return format_date(day, "y 年 M 月" if chinese else "MMMM y", locale=locale).capitalize()


def recently(env: Env) -> datetime:
    """Since when something counts as new: the morning of yesterday, or of Friday after a weekend."""
    zone = ZoneInfo(env.actor.zone)
    morning = env.now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    back = 3 if morning.weekday() == 0 else 1
    return morning - timedelta(days=back)


# the table of every change ---------------------------------------------------------------------------------------


def doors() -> dict[str, str]:
    """How a change came in, in words."""
    return {
        "form": _("Form"),
        "inline": _("List or page"),
        "bulk": _("Many at once"),
        "api": _("API"),
        "import": _("Import"),
        "verb": _("Button"),
        "rule": _("Rule"),
        "merge": _("Merge"),
        "restore": _("Bin"),
        "undo": _("Undo"),
        "command": _("Command line"),
        "webhook": _("Webhook"),
        "system": "Bosun",
    }


def history_table(visit: Visit, entity: Entity, pk: int) -> dict[str, Any]:
    """Every change, one line for each field."""
    text = visit.request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    entries, more = history.page(entity, pk, visit.env, limit=50, before=before)
    words, by_rule, answered = doors(), automation.authors(entries), automation.answered(entries)
    changes: list[dict[str, Any]] = []
    for entry in entries:
        base = {
            "at": entry.at,
            "by": {"name": by_rule.get(entry.cause, entry.actor)},
            "system": entry.actor_id is None or bool(entry.cause),
            "verb": what_of(entry) if entry.verb != "changed" else history.verb_words(entry.verb),
            "door": words.get(entry.door, entry.door),
            "cause": entry.cause,
            "answers": answered.get(entry.id, []),
        }
        if entry.lines:
            first, *rest = (in_words(line, visit.env) for line in entry.lines)
            changes += [{**base, **first}, *({**base, **line, "answers": []} for line in rest)]
        else:
            changes.append(base)
    url = f"{record_url(entity, pk)}/history?before={more}" if more else ""
    return {"changes": changes, "more_url": url}
