"""The rehearsal of a rule in its panel: what it would have done, with its progress where that takes longer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bosun.kernel import records
from bosun.kernel.entity import Entity
from bosun.kernel.errors import DoorError
from bosun.kernel.kinds import Moment
from bosun.platform.automation import happenings, rehearsal
from bosun.platform.jobs.models import DONE, Job
from bosun.platform.preview import changing
from bosun.web import preview, ruleform, settings_pages
from bosun.web.notices import number
from bosun.web.present import record_url
from bosun.web.ruleform import RuleForm
from bosun.web.selection import spell
from bosun.web.settings_automation import BASE, PAGE
from bosun.web.visit import Visit, page

Json = dict[str, Any]
PART = "web/parts/settings/rule_rehearsal.html"
STRIP = "web/parts/settings/rule_rehearsing.html"
MOST_LINES = 10
"""Of what would be added, and of what would go."""
WIDE, HIGH, GAP = 208, 48, 3
"""Of the chart of weeks, in pixels."""


@page("POST")
def rehearse(visit: Visit) -> HttpResponseBase:
    """What the rule would have done, changing nothing."""
    settings_pages.require(visit, PAGE)
    pk = number(visit.request.POST.get("rule", ""))
    form = ruleform.posted(visit, records.get("rules", pk, visit.actor) if pk else None)
    problems, found = form.problems(), None
    if not problems:
        try:
            found = rehearsal.rehearse(form.rule(), visit.actor)
        except DoorError as error:
            problems = [error.title]
    on = visit.request.POST.get("on") == "1"
    context = {"problems": problems, "base": BASE, "rehearsed": True, "enabled": on, "foot": not problems}
    if found:
        context |= {**drawn(visit, form.entity, found), "coming": _coming(visit, form)}
    return visit.draw(PART, context)


def _coming(visit: Visit, form: RuleForm) -> Json:
    """What the rule as it stands in the form would change in what is coming."""
    change = changing.of(visit.env, form.rule(), form.row)
    lines = [
        ("plus", pgettext("preview", "Added"), change.adds),
        ("minus", pgettext("preview", "Dropped"), change.drops),
    ]
    return {
        "words": changing.words(change),
        "lines": [
            {"icon": icon, "label": label, **preview.line(each, visit.env)}
            for icon, label, part in lines
            for each in part[:MOST_LINES]
        ],
    }


@page("GET")
def progress(visit: Visit, pk: int) -> HttpResponseBase:
    """How far a rehearsal in the background is; once it is done, what it found in the place of the first look."""
    settings_pages.require(visit, PAGE)
    row = rehearsal.of_job(pk, visit.actor)
    found = happenings.find(str(row.args["event"]))
    if row.state != DONE or found is None:
        return visit.draw(STRIP, strip(visit, row))
    answer = visit.draw(PART, {"base": BASE, **drawn(visit, found.entity, row.result or {})})
    answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#rule-rehearsal", "innerHTML"
    return answer


def last(visit: Visit, form: RuleForm) -> Json:
    """The last rehearsal in the background of a rule that stands as it stood then, for its panel."""
    row = rehearsal.latest(form.rule(), visit.actor) if form.row is not None and not form.errors else None
    if row is None:
        return {}
    if row.state == DONE:
        return {**drawn(visit, form.entity, row.result or {}), "kept_at": row.finished_at}
    return strip(visit, row) if row.open else {}


def strip(visit: Visit, row: Job) -> Json:
    """The progress of a rehearsal."""
    counted = {"n": spell(row.done, visit.env), "of": spell(row.total, visit.env)}
    return {
        "job": {
            "percent": row.percent,
            "open": row.open,
            "words": _("%(n)s of %(of)s looked at") % counted if row.total else _("Waiting for its turn"),
            "error": row.error.strip().splitlines()[-1] if row.error.strip() and not row.open else "",
            "url": f"{BASE}/rehearsal/{row.pk}",
            "cancel": f"/jobs/{row.pk}/cancel" if row.open and not row.cancel_requested else "",
        },
    }


def drawn(visit: Visit, entity: Entity, found: Json) -> Json:
    """What a rehearsal found, as the panel draws it."""
    job = found.get("job")
    row = rehearsal.of_job(job["id"], visit.actor) if job else None
    return {
        "found": found,
        "plural": entity.plural,
        "now": spell(found["matching_now"], visit.env),
        "looked_at": spell(found["looked_at"], visit.env),
        "said": _spread(visit, entity, found),
        "bars": bars(visit, found["weeks"]) if found["complete"] and found["times"] else None,
        "samples": [_sample(entity, each) for each in found["samples"]],
        **(strip(visit, row) if row else {}),
    }


def _spread(visit: Visit, entity: Entity, found: Json) -> str:
    """How often, and on how many."""
    weekly = round(found["times"] / max(1, len(found["weeks"])))
    parts = [_("about %(n)s a week") % {"n": spell(weekly, visit.env)}] if weekly and found["complete"] else []
    parts.append(f"{entity.plural}: {spell(found['records'], visit.env)}")
    if found["owners"]:
        parts.append(
            ngettext("%(n)s owner", "%(n)s owners", found["owners"]) % {"n": spell(found["owners"], visit.env)}
        )
    return " · ".join(parts) if found["times"] else ""


def bars(visit: Visit, weeks: list[Json]) -> Json:
    """The runs week by week, as rectangles."""
    most = max(each["times"] for each in weeks) or 1
    step = WIDE / len(weeks)
    found = []
    for place, each in enumerate(weeks):
        high = max(2, round(HIGH * each["times"] / most)) if each["times"] else 1
        spot = {"x": round(place * step, 1), "y": HIGH - high, "width": round(max(1, step - GAP), 1), "height": high}
        told = {"from": date.fromisoformat(each["from"]), "times": spell(each["times"], visit.env)}
        found.append({**spot, **told, "empty": not each["times"]})
    return {
        "wide": WIDE,
        "high": HIGH,
        "each": found,
        "first": date.fromisoformat(weeks[0]["from"]),
        "last": visit.env.today,
    }


def _sample(entity: Entity, each: Json) -> Json:
    """A record on which it would have run, and when."""
    return {**each, "at": Moment().load(each["at"]), "url": record_url(entity, each["id"]) if each["id"] else ""}
