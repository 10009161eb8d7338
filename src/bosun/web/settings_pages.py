"""The pages of the settings: which there are, who may open them, and the frame in which they stand.

A module offers pages in the slot `settings.pages`: a callable without arguments that answers a SettingsPage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bosun.kernel import access, registry, slots
from bosun.kernel.actor import Actor
from bosun.kernel.errors import Denied, NotFound
from bosun.web.visit import Visit, page

GROUPS = {
    "you": gettext_lazy("You"),
    "company": gettext_lazy("Company"),
    "data": gettext_lazy("Data"),
    "system": pgettext_lazy("settings", "System"),
}


@dataclass(frozen=True)
class SettingsPage:
    """One page: where it stands in the menu, who may open it, and what draws it.

    `needs` are pairs of entity key and action; one of them must be open to the actor. None at all means everybody.
    `anywhere` is an action that must be open on some entity.
    """

    key: str
    label: Any
    icon: str
    group: str
    needs: tuple[tuple[str, str], ...] = ()
    view: Callable[[Visit], HttpResponseBase] | None = None
    url: str = ""
    admin_only: bool = False
    anywhere: str = ""

    @property
    def address(self) -> str:
        """Where the page is."""
        return self.url or f"/settings/{self.key}"

    def open_to(self, actor: Actor) -> bool:
        """True when this person may open the page."""
        if self.admin_only:
            return actor.is_admin and not actor.read_only
        if self.anywhere:
            return any(access.may(actor, entity, self.anywhere) for entity in registry.all_entities())
        return not self.needs or any(may(actor, key, action) for key, action in self.needs)


def may(actor: Actor, key: str, action: str) -> bool:
    """True when the actor may do something to records of this key; False where there is no such entity."""
    entity = registry.find(key)
    return entity is not None and access.may(actor, entity, action)


def writing(key: str) -> tuple[tuple[str, str], ...]:
    """The rights of which one opens a page that edits these records."""
    return ((key, "create"), (key, "change"))


BUILT_IN = (
    SettingsPage("me", gettext_lazy("Profile"), "user-circle", "you", url="/me"),
    SettingsPage("me-day", gettext_lazy("Working day"), "sunrise", "you", url="/me/day"),
    SettingsPage("me-devices", gettext_lazy("Sign-in and devices"), "shield-lock", "you", url="/me/devices"),
    SettingsPage("me-notices", gettext_lazy("How I hear"), "bell", "you", url="/me/notices"),
    SettingsPage("me-tokens", gettext_lazy("Tokens"), "key", "you", url="/me/tokens"),
    SettingsPage("me-calendar", gettext_lazy("Calendar"), "calendar", "you", url="/me/calendar"),
    SettingsPage("me-preview", gettext_lazy("Coming up"), "hourglass", "you", url="/preview"),
    SettingsPage("me-subscriptions", gettext_lazy("Subscriptions"), "news", "you", url="/me/subscriptions"),
    SettingsPage("me-jobs", gettext_lazy("My jobs"), "progress", "you", url="/me/jobs"),
    SettingsPage("me-rights", gettext_lazy("What I may see"), "eye", "you", url="/me/rights"),
    SettingsPage("company", gettext_lazy("Company"), "building", "company", (("company", "change"),)),
    SettingsPage("people", gettext_lazy("People"), "users", "company", writing("users")),
    SettingsPage("departments", gettext_lazy("Departments"), "sitemap", "company", writing("departments")),
    SettingsPage("positions", gettext_lazy("Positions"), "id-badge-2", "company", writing("positions")),
    SettingsPage(
        "workdays",
        gettext_lazy("Working hours"),
        "clock-hour-4",
        "company",
        (*writing("working_hours"), *writing("calendar_exceptions")),
    ),
    SettingsPage("roles", gettext_lazy("Roles"), "shield", "company", writing("roles")),
    SettingsPage("fields", gettext_lazy("Fields"), "forms", "data", writing("custom_fields")),
    SettingsPage("objects", gettext_lazy("Objects"), "box", "data", writing("custom_objects")),
    SettingsPage("options", gettext_lazy("Option lists"), "list-details", "data", writing("options")),
    SettingsPage("pipelines", gettext_lazy("Pipelines"), "filter", "data", writing("pipelines")),
    SettingsPage("automation", gettext_lazy("Automation"), "bolt", "data", writing("rules")),
    SettingsPage(
        "webhooks", gettext_lazy("Webhooks"), "webhook", "data", (*writing("webhooks"), *writing("inbound_webhooks"))
    ),
    SettingsPage("rates", gettext_lazy("Exchange rates"), "cash", "data", writing("rates")),
    SettingsPage("places", gettext_lazy("Places"), "map-pin", "data", writing("places")),
    SettingsPage("imports", gettext_lazy("Imports"), "file-import", "data", url="/imports", anywhere="import"),
    SettingsPage("channels", gettext_lazy("Channels"), "message", "system", admin_only=True),
    SettingsPage("plans", gettext_lazy("How people hear"), "bell", "company", admin_only=True),
    SettingsPage("deliveries", gettext_lazy("Deliveries"), "send", "system", admin_only=True),
    SettingsPage("allowed_hosts", gettext_lazy("Allowed hosts"), "server", "system", admin_only=True),
    SettingsPage("system", pgettext_lazy("settings", "Running"), "activity", "system", admin_only=True),
    SettingsPage("jobs", gettext_lazy("Jobs"), "progress", "system", admin_only=True),
)


def everything() -> list[SettingsPage]:
    """All pages, those of modules included."""
    return [*BUILT_IN, *(provider() for provider in slots.of("settings.pages"))]


def open_to(actor: Actor) -> list[SettingsPage]:
    """The pages that this person may open."""
    return [each for each in everything() if each.open_to(actor)]


def require(visit: Visit, key: str) -> SettingsPage:
    """The page of a key; NotFound where there is none, Denied where it is not open to the visitor."""
    found = next((each for each in everything() if each.key == key), None)
    if found is None:
        raise NotFound()
    if not found.open_to(visit.actor):
        raise Denied()
    return found


def menu(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The list of places beside every page."""
    by_group: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
    for each in open_to(actor):
        by_group[each.group].append(
            {"label": str(each.label), "icon": each.icon, "url": each.address, "current": each.key == current}
        )
    return [{"title": str(GROUPS[group]), "items": items} for group, items in by_group.items() if items]


def draw(visit: Visit, key: str, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the settings in its frame."""
    return draw_as(visit, key, f"web/pages/settings/{template}.html", context, status)


def draw_as(visit: Visit, key: str, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The same from a template of a module, which extends web/base_settings.html."""
    found = next(each for each in everything() if each.key == key)
    title = context.get("title") or str(found.label)
    whole = {"places": menu(visit.actor, key), "page_title": title, **context, "title": title}
    return visit.draw(template, whole, status)


def crumb(key: str) -> list[dict[str, str]]:
    """The way back to a page from what lies under it."""
    found = next(each for each in everything() if each.key == key)
    return [{"label": str(found.label), "url": found.address}]


def button(key: str, label: str, **how: Any) -> dict[str, Any]:
    """A button of the title line."""
    return {"key": key, "label": label, **how}


@page("GET")
def index(visit: Visit) -> HttpResponseBase:
    """The settings begin with the first page of the company, for those who may open one; else with one's own."""
    pages = open_to(visit.actor)
    shared: Iterable[SettingsPage] = (each for each in pages if each.address.startswith("/settings/"))
    return HttpResponseRedirect(next(iter(shared), pages[0]).address)


@page("GET", "POST")
def offered(visit: Visit, name: str) -> HttpResponseBase:
    """A page that a module offers."""
    found = require(visit, name)
    if found.view is None:
        raise NotFound()
    return found.view(visit)


def saved(text: str = "") -> str:
    """What is said after something was kept."""
    return text or _("Saved")
