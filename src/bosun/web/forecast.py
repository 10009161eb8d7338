"""The forecast: what is still open, weighted by its probability, by the month in which it should close and by owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.lib.money import Money
from bosun.platform.figures import groups
from bosun.platform.figures.groups import Group
from bosun.web import lists
from bosun.web.board import Facts, facts_of, rounded
from bosun.web.charts import span
from bosun.web.liststate import ListState, from_params
from bosun.web.visit import Visit, page

PEOPLE = 8


def possible(entity: Entity, env: Env) -> Facts | None:
    """The fields of a forecast; None where the entity has none, or one of them is hidden."""
    facts = facts_of(entity, env) if entity.board else None
    if facts is None or facts.weighted is None or facts.day is None or facts.owner is None:
        return None
    return facts


@page("GET")
def forecast(visit: Visit, key: str) -> HttpResponseBase:
    """Months and owners."""
    entity = visit.entity(key)
    facts = possible(entity, visit.env)
    if facts is None or facts.weighted is None or facts.day is None:
        raise NotFound()
    state = from_params(entity, visit.env, visit.request.GET, "forecast")
    running = {"field": f"{entity.board}.outcome", "op": "is", "value": "open"}
    names = [f"{facts.day.name}:month", "owner"]
    found = groups.count(state.query().filter(running), names, [facts.weighted.name])
    keys = [groups.read(entity, name, visit.env) for name in names]
    groups.names_of(keys, found, visit.env)
    context = {
        "title": entity.plural,
        "page_title": entity.plural,
        "state": state,
        **lists.above(state),
        "lead": _("What is open, weighted by its probability, by the month in which it should close."),
        **sheet(state, facts, found, running),
    }
    return visit.draw("web/pages/forecast.html", context)


def sheet(state: ListState, facts: Facts, found: Sequence[Group], running: dict[str, Any]) -> dict[str, Any]:
    """The table: a line for each month, a column for each of those with the most, and the sums of both."""
    weighted, day, owner, env = facts.weighted, facts.day, facts.owner, state.env
    if weighted is None or day is None or owner is None:
        raise NotFound()
    worth = {group.values: group.sums[weighted.name].minor for group in found}
    months = sorted({month for month, _who in worth}, key=lambda month: (month is None, month or date.max))
    by_person: dict[Any, int] = {}
    for (_month, who), minor in worth.items():
        by_person[who] = by_person.get(who, 0) + minor
    people = sorted(by_person, key=lambda who: (-by_person[who], str(who)))[:PEOPLE]

    def said(minor: int) -> str:
        return rounded(weighted, Money(minor, env.company.currency), env) if minor else "–"

    def line(month: Any) -> dict[str, Any]:
        return {
            "label": groups.period(month, "month", env) if month else _("Without a day"),
            "url": _records(state, running, day.name, month, ...),
            "past": month is not None and span(month, "month")[1] < env.today,
            "cells": [
                {"text": said(worth.get((month, who), 0)), "url": _records(state, running, day.name, month, who)}
                for who in people
            ],
            "total": said(sum(minor for (when, _who), minor in worth.items() if when == month)),
        }

    return {
        "people": [owner.kind.text(who, env) if who else _("Nobody") for who in people],
        "lines": [line(month) for month in months],
        "sums": [said(by_person[who]) for who in people],
        "total": said(sum(worth.values())),
    }


def _records(state: ListState, running: dict[str, Any], day: str, month: date | None, who: Any) -> str:
    """The list of the records behind a cell."""
    tree = state.tree
    parts = tree["all"] if isinstance(tree, dict) and set(tree) == {"all"} else [tree] if tree else []
    leaves: list[Any] = [*parts] if running in parts else [*parts, running]
    if month is None:
        leaves.append({"field": day, "op": "empty"})
    else:
        leaves.append({"field": day, "op": "between", "value": [each.isoformat() for each in span(month, "month")]})
    if who is not ...:
        leaves.append({"field": "owner", "op": "is", "value": who} if who else {"field": "owner", "op": "empty"})
    return state.address(mode="", extra=(), cursor="", filter={"all": leaves})
