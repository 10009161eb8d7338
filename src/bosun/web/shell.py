"""The frame of every page: menu by rights, counts, create, favourites, the person's own menu."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bosun.kernel import access, ports, records, registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.platform.accounts import sessions
from bosun.platform.accounts.requests import actor_of
from bosun.platform.health import watch
from bosun.platform.views import services
from bosun.web import brand, dayframe, down, notices, waiting
from bosun.web.present import list_url

NATIVE = {"en": "English", "zh-hans": "中文", "es": "Español"}
BOTTOM = 4
SEAT = 16
FOLDED = "bosun-side"
STALLED = {
    "worker": gettext_lazy("The worker has stood still for a minute: imports, exports and reminders wait."),
    "scheduler": gettext_lazy("The scheduler has stood still for a minute: what is due by the clock waits."),
}


def context(request: HttpRequest) -> dict[str, Any]:
    """What every template may ask for; nothing is fetched before it is drawn."""
    company = ports.company()
    return {
        "company": {"name": company.name},
        "brand_css_url": brand.address(),
        "theme": theme_of(request),
        "side": "folded" if request.COOKIES.get(FOLDED) == "folded" else "",
        "shell": SimpleLazyObject(lambda: shell(request)),
    }


def theme_of(request: HttpRequest) -> str:
    """Light, dark or as the device; a person's choice is kept with the person."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "actor", None) is None:
        return "system"
    return str(user.person.theme or "system")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The whole frame for one person."""
    actor = actor_of(request)
    if actor is None:
        return {"company": {"name": ports.company().name}, "urls": {"home": "/"}}
    places = nav(actor, here(request))
    env = records.environment(actor, strict=False)
    return {
        "company": {"name": ports.company().name},
        "nav": places,
        "nav_end": nav_end(actor, request),
        "favourites": favourites(actor, request),
        "create": creatable(actor),
        "remind": access.may(actor, registry.get("reminders"), "create"),
        "bottom": places[:BOTTOM],
        "person": {"id": actor.id, "name": actor.name, "email": getattr(request.user, "email", "")},
        "seat": sessions.mark_of(request)[:SEAT],
        "bell": notices.bell(getattr(request.user, "person", None), env),
        "frame": dayframe.frame(actor, env, request.COOKIES.get(dayframe.OPENED, "")),
        "languages": [
            {"code": code, "label": NATIVE[code], "current": code == get_language()} for code, _l in settings.LANGUAGES
        ],
        "theme": theme_of(request),
        "stalled": [str(STALLED[role]) for role in watch.stalled()],
        "down": down.banner(actor),
        "urls": {
            "home": "/",
            "palette": reverse("palette"),
            "search": reverse("search"),
            "preferences": reverse("preferences"),
            "language": reverse("set_language"),
            "sign_out": reverse("account_logout"),
            "account": reverse("me"),
        },
    }


def here(request: HttpRequest) -> str:
    """The key of the place that this page belongs to."""
    match = request.resolver_match
    if match is None:
        return ""
    name = str(match.kwargs.get("key") or match.url_name or "")
    return "settings" if name.startswith(("settings", "me_")) or name == "me" else name


def in_menu(actor: Actor) -> list[Entity]:
    """The entities that this person works with, in the order of the modules."""
    return [entity for entity in registry.all_entities() if entity.menu == "main" and access.may(actor, entity, "read")]


def place_url(entity: Entity) -> str:
    """Where an entity is worked with: its list, or a page of its own."""
    return str(entity.extras.get("page") or list_url(entity))


def nav(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The upper part of the menu."""
    counts = waiting.counts(actor)
    places: list[dict[str, Any]] = [{"key": "day", "label": _("My day"), "icon": "sun", "url": reverse("day")}]
    reminders = registry.get("reminders")
    entities = in_menu(actor) + ([reminders] if access.may(actor, reminders, "read") else [])
    places += [{"key": e.key, "label": e.plural, "icon": e.icon, "url": place_url(e)} for e in entities]
    taken: set[str] = set()
    for place in places:
        letter = next((sign for sign in place["key"] if sign.isalpha() and sign not in taken), "")
        taken.add(letter)
        place |= {"letter": letter, "count": counts.get(place["key"]), "current": place["key"] == current}
    return places


def nav_end(actor: Actor, request: HttpRequest) -> list[dict[str, Any]]:
    """The lower part of the menu: what is set up, and the bin."""
    current = here(request)
    places = [{"key": "bin", "label": _("Bin"), "icon": "trash", "url": reverse("bin")}]
    settled = _address("settings")
    if settled:
        places.append({"key": "settings", "label": _("Settings"), "icon": "settings", "url": settled})
    return [{**place, "current": place["key"] == current} for place in places]


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def favourites(actor: Actor, request: HttpRequest) -> list[dict[str, Any]]:
    """Saved views that the person keeps at hand."""
    env = records.environment(actor, strict=False)
    current = f"{here(request)}/{request.GET.get('view', '')}"
    return [
        {
            "label": view.label,
            "url": f"{list_url(entity)}?view={view.key}",
            "current": current == f"{entity.key}/{view.key}",
        }
        for entity, view in services.favourites(env)
    ]


def creatable(actor: Actor) -> list[dict[str, Any]]:
    """What this person may create."""
    return [
        {
            "label": entity.label,
            "icon": entity.icon,
            "url": entity.extras.get("new") or f"{list_url(entity)}/new",
            "key": entity.key,
        }
        for entity in in_menu(actor)
        if access.may(actor, entity, "create")
    ]
