"""Working hours and holidays: the company, each department as it inherits them, and the days that are otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import get_day_names
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel import records
from bosun.kernel.env import Env
from bosun.kernel.kinds import Date
from bosun.lib import locales, workdays
from bosun.platform.workday import hours
from bosun.platform.workday.hours import Hours
from bosun.platform.workday.rules import WEEKDAYS
from bosun.web import settings_pages
from bosun.web.settings_company import country_options
from bosun.web.settings_forms import RecordForm, dialog, removal
from bosun.web.visit import Visit, page

KEY, ADDRESS = "workdays", "/settings/workdays"
NAMES = ("weekdays", "starts", "ends", "break_from", "break_to", "country", "subdivision")
DAY_NAMES = ("name", "kind", "day", "until", "department")
COMING, AHEAD = 5, 366
DAY = Date()
PAIRS = gettext_lazy("%(from)s to %(to)s")


class HoursForm(RecordForm):
    """The hours of the company or a department; days of the week are ticked, a country is chosen."""

    def field(self, name: str) -> dict[str, Any]:
        made = super().field(name)
        if name == "weekdays":
            held = made["raw"] or []
            names = get_day_names("wide", locale=locales.find(self.visit.env.language))
            options = [{"key": key, "label": names[place]} for place, key in enumerate(WEEKDAYS)]
            held = json.loads(held) if isinstance(held, str) else held
            return {**made, "kind": "multichoice", "options": options, "raw": held, "help": _("None ticked: as above.")}
        if name == "country":
            known = [
                each for each in country_options(self.visit.env.language) if workdays.of(each["key"]).days is not None
            ]
            return {**made, "kind": "choice", "options": known, "empty_label": _("As above"), "help": ""}
        if name == "subdivision":
            return {**made, **parts_field(made["raw"] or "", self.country())}
        return made

    def country(self) -> str:
        """The country whose parts are offered: the one typed, or held."""
        return str((self.raw or {}).get("country") or getattr(self.record, "country", "") or "")


def take_weekdays(visit: Visit) -> None:
    """Days of the week are ticked one by one, and are one value of the record."""
    post = visit.request.POST.copy()
    post["weekdays"] = json.dumps(post.getlist("weekdays"))
    visit.request.POST = post  # type: ignore[assignment]


def parts_field(raw: str, country: str) -> dict[str, Any]:
    """Parts of one country as a list; before a country is chosen they are written by their code."""
    parts = workdays.parts_of(country)
    if not parts:
        return {"help": _("The code of a state or region with holidays of its own, as MD for Madrid.")}
    options = [{"key": code, "label": f"{name} ({code})"} for code, name in parts.items()]
    return {"kind": "choice", "options": options, "empty_label": _("The whole country"), "help": "", "raw": raw}


# the page --------------------------------------------------------------------------------------------------------


@page("GET")
def overview(visit: Visit) -> HttpResponseBase:
    """All of it on one page."""
    settings_pages.require(visit, KEY)
    env = visit.env
    own = {row.department_id: row for part in records.query("working_hours", visit.actor, env).walk() for row in part}
    rows = [line(None, visit, own.get(None), env.company.name, 0)]
    rows += [line(row.pk, visit, own.get(row.pk), row.name, depth) for row, depth in tree(visit)]
    days = records.query("calendar_exceptions", visit.actor, env).sort(["-day"]).page(limit=100).items
    records.preload(records.entity_of("calendar_exceptions"), days, env, ["department"])
    context = {
        "rows": rows,
        "days": [exception(row, env) for row in days],
        "coming": coming(hours.of_company(), env),
        "lead": _(
            "When people work. What a department leaves empty is as in the one above it, and last as in the company. "
            "Rules that count working days and the end of the day follow this."
        ),
    }
    if settings_pages.may(visit.actor, "calendar_exceptions", "create"):
        add = f"{ADDRESS}/days/new"
        context["title_verbs"] = [settings_pages.button("new", _("Day off or extra day"), icon="plus", dialog=add)]
    return settings_pages.draw(visit, KEY, "workdays", context)


def tree(visit: Visit) -> list[tuple[Any, int]]:
    """The departments in the order of the tree, each with its depth."""
    found = [row for part in records.query("departments", visit.actor, visit.env).sort(["name"]).walk() for row in part]
    by_parent: dict[int | None, list[Any]] = {}
    known = {row.pk for row in found}
    for row in found:
        by_parent.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)

    def below(parent: int | None, depth: int) -> list[tuple[Any, int]]:
        return [each for row in by_parent.get(parent, ()) for each in ((row, depth), *below(row.pk, depth + 1))]

    return below(None, 1)


def line(pk: int | None, visit: Visit, row: Any, name: str, depth: int) -> dict[str, Any]:
    """One department: what holds there, and whether it says so itself."""
    held, env = hours.of_department(pk), visit.env
    return {
        "name": name,
        "depth": min(depth, 6),
        "own": row is not None,
        "times": times(held),
        "days": week(sorted(held.calendar.week), env),
        "holidays": place_of(held, env),
        "dialog": f"{ADDRESS}/{pk or 0}",
        "remove": f"{ADDRESS}/{pk or 0}/remove" if row is not None else "",
    }


def times(held: Hours) -> str:
    """09:00 to 18:00, break 13:00 to 14:00."""
    said = PAIRS % {"from": f"{held.starts:%H:%M}", "to": f"{held.ends:%H:%M}"}
    if held.pause is None:
        return said
    pause = PAIRS % {"from": f"{held.pause[0]:%H:%M}", "to": f"{held.pause[1]:%H:%M}"}
    return _("%(hours)s, break %(pause)s") % {"hours": said, "pause": pause}


def week(days: Sequence[int], env: Env) -> str:
    """Days of the week, those in a row as a span."""
    names = get_day_names("abbreviated", locale=locales.find(env.language))
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        return PAIRS % {"from": names[days[0]], "to": names[days[-1]]}
    return _(", ").join(names[day] for day in days)


def place_of(held: Hours, env: Env) -> str:
    """Whose holidays they are."""
    if not held.country:
        return ""
    country = str(locales.find(env.language).territories.get(held.country, held.country))
    part = workdays.parts_of(held.country).get(held.subdivision, held.subdivision)
    return f"{country}, {part}" if part else country


def exception(row: Any, env: Env) -> dict[str, Any]:
    """One exception as the list shows it."""
    card = (
        env.refs.card(type(row)._meta.get_field("department").related_model, row.department_id)
        if row.department_id
        else None
    )
    day = DAY.text(row.day, env)
    return {
        "name": row.name,
        "working": row.kind == "working",
        "when": PAIRS % {"from": day, "to": DAY.text(row.until, env)} if row.until and row.until != row.day else day,
        "whose": card["name"] if card else env.company.name,
        "dialog": f"{ADDRESS}/days/{row.pk}",
        "remove": f"{ADDRESS}/days/{row.pk}/remove",
    }


def coming(held: Hours, env: Env) -> list[dict[str, str]]:
    """The next days off that are no weekend, and the weekend days that are worked: what to check the calendar by."""
    found: list[dict[str, str]] = []
    for ahead in range(AHEAD):
        day = env.today + timedelta(days=ahead)
        usual = day.weekday() in held.calendar.week
        if held.calendar.works(day) == usual:
            continue
        name = workdays.name_of(day, held.country, held.subdivision, env.language) if usual else ""
        found.append(
            {"day": DAY.text(day, env), "week": weekday(day, env), "name": name, "worked": "" if usual else "1"}
        )
        if len(found) == COMING:
            break
    return found


def weekday(day: date, env: Env) -> str:
    """The day of the week, short."""
    return str(get_day_names("abbreviated", locale=locales.find(env.language))[day.weekday()])


# dialogs ---------------------------------------------------------------------------------------------------------


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """The hours of a department (0: the company), made or changed."""
    settings_pages.require(visit, KEY)
    name = records.get("departments", pk, visit.actor).name if pk else visit.env.company.name
    row = own(visit, pk)
    take_weekdays(visit)
    entity = visit.entity("working_hours", "change" if row else "create")
    fixed = {} if row else {"department": pk or None}
    lead = _("Leave empty what is as above.") if pk else _("Empty: Monday to Friday, 09:00 to 18:00.")
    return dialog(HoursForm(visit, entity, NAMES, row, fixed), name, lead)


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """No hours of its own any more."""
    settings_pages.require(visit, KEY)
    row = own(visit, pk)
    entity = visit.entity("working_hours", "remove")
    return removal(visit, entity, row.pk if row else 0, _("As the one above again"))


def own(visit: Visit, pk: int) -> Any:
    """The record that says the hours of a department itself, or None."""
    if pk:
        records.get("departments", pk, visit.actor)
    query = records.query("working_hours", visit.actor, visit.env).where(department_id=pk or None)
    return next(iter(query.page(limit=1).items), None)


@page("GET", "POST")
def new_day(visit: Visit) -> HttpResponseBase:
    """Another exception."""
    settings_pages.require(visit, KEY)
    entity = visit.entity("calendar_exceptions", "create")
    return dialog(RecordForm(visit, entity, DAY_NAMES), _("Day off or extra day"))


@page("GET", "POST")
def edit_day(visit: Visit, pk: int) -> HttpResponseBase:
    """One exception."""
    settings_pages.require(visit, KEY)
    entity = visit.entity("calendar_exceptions", "change")
    row = records.get(entity, pk, visit.actor, "change")
    return dialog(RecordForm(visit, entity, DAY_NAMES, row), row.name)


@page("GET", "POST")
def remove_day(visit: Visit, pk: int) -> HttpResponseBase:
    """One exception to the bin."""
    settings_pages.require(visit, KEY)
    return removal(visit, visit.entity("calendar_exceptions", "remove"), pk)
