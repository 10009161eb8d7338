"""Plain lists of the settings, edited in dialogs: positions, exchange rates, places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy

from bosun.kernel import access, records
from bosun.kernel.entity import Entity
from bosun.kernel.errors import NotFound
from bosun.web import settings_pages, table
from bosun.web.present import a_new, look
from bosun.web.settings_forms import RecordForm, dialog, removal
from bosun.web.visit import Visit, page


@dataclass(frozen=True)
class PlainList:
    """One such list: whose records, which columns and fields, and what it is for."""

    entity: str
    columns: str
    form: str
    lead: Any
    new: Any


LISTS = {
    "positions": PlainList(
        "positions", "name", "name", gettext_lazy("What people are employed as."), gettext_lazy("Position")
    ),
    "rates": PlainList(
        "rates",
        "currency day rate",
        "currency day rate",
        gettext_lazy("What one unit is worth in the base currency, from a day on. Amounts keep the rate of their day."),
        gettext_lazy("Rate"),
    ),
    "places": PlainList(
        "places",
        "name level parent code",
        "name level parent code labels aliases",
        gettext_lazy("Countries, provinces, cities and districts. A region meets everything that lies in it."),
        gettext_lazy("Place"),
    ),
    "allowed_hosts": PlainList(
        "allowed_hosts",
        "host note",
        "host note",
        gettext_lazy(
            "Webhooks go to addresses outside. What lies inside your network is refused, but for these hosts."
        ),
        gettext_lazy("Allowed host"),
    ),
}


def of(visit: Visit, name: str) -> tuple[PlainList, Entity]:
    """The list of a name; NotFound for others."""
    found = LISTS.get(name)
    if found is None:
        raise NotFound()
    settings_pages.require(visit, name)
    return found, visit.entity(found.entity)


@page("GET")
def plain(visit: Visit, name: str) -> HttpResponseBase:
    """The list, found by words."""
    about, entity = of(visit, name)
    words = visit.request.GET.get("q", "").strip()[:200]
    query = records.query(entity, visit.actor, visit.env).sort(entity.sort)
    found = (query.search(words) if words else query).page(limit=100, cursor=visit.request.GET.get("cursor", ""))
    specs = access.specs(entity, visit.actor)
    columns = [specs[each] for each in about.columns.split() if each in specs]
    may_change = table.changeable(entity, found.items, visit.env)
    drawn = table.rows(entity, found.items, columns, visit.env)
    base = f"/settings/{name}"
    context: dict[str, Any] = {
        "columns": [look(spec) for spec in columns],
        "rows": [
            {
                **row,
                "dialog": f"{base}/{row['id']}" if row["id"] in may_change else "",
                "remove_dialog": f"{base}/{row['id']}/remove",
            }
            for row in drawn
        ],
        "search": {"url": base, "q": words} if entity.search else None,
        "next_url": f"{base}?q={words}&cursor={found.next}" if found.next else "",
        "lead": str(about.lead),
        "may_remove": access.may(visit.actor, entity, "remove"),
    }
    if access.may(visit.actor, entity, "create"):
        context["title_verbs"] = [
            settings_pages.button("new", str(about.new), icon="plus", dialog=f"{base}/new", primary=True)
        ]
    return settings_pages.draw(visit, name, "plain", context)


@page("GET", "POST")
def new(visit: Visit, name: str) -> HttpResponseBase:
    """Another record."""
    about, entity = of(visit, name)
    visit.entity(entity.key, "create")
    return dialog(RecordForm(visit, entity, about.form.split()), a_new(entity.label))


@page("GET", "POST")
def edit(visit: Visit, name: str, pk: int) -> HttpResponseBase:
    """One record."""
    about, entity = of(visit, name)
    record = records.get(entity, pk, visit.actor, "change")
    return dialog(RecordForm(visit, entity, about.form.split(), record), str(record))


@page("GET", "POST")
def remove(visit: Visit, name: str, pk: int) -> HttpResponseBase:
    """One record to the bin."""
    _about, entity = of(visit, name)
    return removal(visit, entity, pk)
