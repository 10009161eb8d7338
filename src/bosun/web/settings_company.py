"""The company: its name, base currency, zone, country, language and colour."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel import records
from bosun.kernel.errors import NotFound
from bosun.lib import dates, locales, money
from bosun.web import settings_pages
from bosun.web.settings_forms import RecordForm, kept, page_context
from bosun.web.visit import Visit, page

LAYOUT = (
    ("", "name country | language zone"),
    (gettext_lazy("Money"), "currency |"),
    (gettext_lazy("Look"), "accent |"),
)
NAMES = tuple(name for _title, names in LAYOUT for name in names.replace("|", " ").split())
ZONE_GROUPS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@page("GET", "POST")
def company(visit: Visit) -> HttpResponseBase:
    """The one record of the company."""
    settings_pages.require(visit, "company")
    found = records.query("company", visit.actor, visit.env).page(limit=1).items
    if not found:
        raise NotFound()
    form = RecordForm(visit, records.entity_of("company"), NAMES, found[0])
    if visit.request.method == "POST":
        take_own_colour(visit)
        record = form.save()
        if record is not None:
            kept(visit, _("Saved"), form.batch)
            return HttpResponseRedirect("/settings/company")
    context = page_context(form, LAYOUT, "/settings/company", "/settings")
    for section in context["form"]["sections"]:
        for column in section["columns"]:
            for each in column:
                dress(each, visit.env.language)
    return settings_pages.draw(visit, "company", "form", context, form.status)


def dress(field: dict[str, Any], language: str, own: bool = False) -> None:
    """Offer a list where a field holds a code: zone, currency, country; and a palette for a colour.

    `own`: the field is of a person, for whom an empty one means as the company has it.
    """
    if own and field["name"] in ("zone", "language"):
        field["empty_label"] = _("As the company")
    if own and field["name"] == "theme":
        field |= {"raw": field["raw"] or "system", "required": True}
    makers = {"zone": zone_options, "currency": currency_options, "country": country_options}
    maker = makers.get(field["name"])
    if maker is not None:
        held = field["raw"] or ""
        options = maker(language)
        if held and held not in {each["key"] for each in options}:
            options.insert(0, {"key": held, "label": held})
        field |= {"kind": "choice", "options": options, "help": "" if own else HELP.get(field["name"], "")}
    if field["name"] == "accent":
        known = [{"key": key, "label": str(label)} for key, label in COLOURS.items()]
        own = bool(field["raw"]) and field["raw"] not in COLOURS
        field |= {"kind": "colour", "options": known, "own": own, "help": _("Buttons, links and what is chosen.")}


def take_own_colour(visit: Visit) -> None:
    """Where a colour of one's own is chosen, it stands in an input beside the choice."""
    post = visit.request.POST.copy()
    if post.get("accent") == "own":
        post["accent"] = post.get("accent_own", "")
        visit.request.POST = post  # type: ignore[assignment]


COLOURS = {
    "": gettext_lazy("Bosun's blue"),
    "#0f766e": gettext_lazy("Teal"),
    "#15803d": gettext_lazy("Green"),
    "#7c3aed": gettext_lazy("Violet"),
    "#be185d": gettext_lazy("Raspberry"),
    "#b91c1c": gettext_lazy("Red"),
    "#c2410c": gettext_lazy("Rust"),
    "#334155": gettext_lazy("Slate"),
}
HELP = {
    "country": gettext_lazy("Phone numbers without + are read as of here."),
    "currency": gettext_lazy("Sums and limits are in this currency. Amounts written before keep their base value."),
    "zone": gettext_lazy("Dates that are the same for everybody follow this zone."),
}


def zone_options(language: str) -> list[dict[str, str]]:
    """The time zones of the world, as the tz database names them."""
    zones = sorted(zone for zone in dates.zones() if zone.split("/")[0] in ZONE_GROUPS)
    return [{"key": "UTC", "label": "UTC"}, *({"key": z, "label": z.replace("_", " ")} for z in zones)]


def currency_options(language: str) -> list[dict[str, str]]:
    """The currencies of ISO 4217 by code, with their names."""
    names = locales.find(language).currencies
    return [{"key": code, "label": f"{code}, {names.get(code, code)}"} for code in sorted(money.currencies())]


def country_options(language: str) -> list[dict[str, str]]:
    """The countries by name."""
    names = {str(code): str(name) for code, name in locales.find(language).territories.items()}
    known = [
        (name, code) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY
    ]
    return [{"key": code, "label": name} for name, code in sorted(known)]


NO_COUNTRY = ("ZZ", "EU", "UN", "EZ", "QO", "XA", "XB")
