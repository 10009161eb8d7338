"""Objects that administrators invent: named, given an icon and a place, opened to roles, removed with their records."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records
from bosun.kernel.actor import SCOPE_KEYS, new_batch
from bosun.kernel.errors import Conflict, DoorError, Invalid
from bosun.platform.customize import objectservices
from bosun.platform.customize.models import PLACES
from bosun.web import settings_matrix, settings_pages
from bosun.web.settings_forms import read_labels, version
from bosun.web.shell import NATIVE
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PANEL = "web/parts/settings/object_panel.html"
DIALOG = "web/parts/form/dialog.html"
PAGE = "objects"
ICONS = (
    "box", "truck", "package", "building", "building-factory", "building-warehouse", "tool", "tools", "settings",
    "device-desktop", "device-mobile", "printer", "server", "plug", "bolt", "flame", "map-pin", "route", "globe",
    "calendar-event", "certificate", "license", "file-text", "book", "notes", "school", "briefcase", "heart",
    "star", "flag", "target", "shopping-cart", "gift", "ticket", "key", "lock", "coin", "cash", "chart-line", "user",
)  # fmt: skip
LABELS = {"labels": "name", "plurals": "plural", "title_labels": "title_label"}
ACTIONS = ("read", "create", "change", "remove", "export", "import")


@page("GET")
def all_objects(visit: Visit) -> HttpResponseBase:
    """Every invented object."""
    settings_pages.require(visit, PAGE)
    rows = records.query("custom_objects", visit.actor, visit.env).sort(["name"]).page(200).items
    context: dict[str, Any] = {
        "lead": _("Kinds of records of your own: machines, sites, contracts of any sort."),
        "objects": [_line(row) for row in rows],
        "removed": [
            {"name": row.name, "key": row.key, "restore": f"/settings/objects/{row.pk}/restore"}
            for row in objectservices.removed_objects(visit.act("form"))
        ],
        "title_verbs": [
            settings_pages.button("new", _("Object"), icon="plus", dialog="/settings/objects/new", primary=True)
        ],
    }
    return settings_pages.draw(visit, PAGE, "objects", context)


def _line(row: Any) -> dict[str, Any]:
    at = f"/settings/objects/{row.pk}"
    counts = objectservices.what_goes_with(row)
    return {
        "name": row.plural, "key": row.key, "icon": row.icon or "box", "dialog": at, "remove": f"{at}/remove",
        "fields_url": f"/settings/fields/{row.key}", "url": f"/{row.key}", **counts,
    }  # fmt: skip


# the panel -------------------------------------------------------------------------------------------------------


class ObjectForm:
    """One object in the panel."""

    def __init__(self, visit: Visit, row: Any = None) -> None:
        self.visit, self.row = visit, row
        self.post = visit.request.POST
        self.posted = visit.request.method == "POST"
        self.errors: dict[str, list[str]] = {}
        self.said: list[str] = []
        self.status = 200
        self.batch = new_batch()
        self.act = visit.act("form", self.batch)

    def values(self) -> dict[str, Any]:
        """What was typed, for the door."""
        found: dict[str, Any] = {
            name: self.post.get(name, "").strip() for name in ("name", "plural", "title_label", "icon", "menu")
        }
        found |= {name: read_labels(self.post, name) for name in LABELS}
        if self.row is None:
            found["key"] = self.post.get("key", "").strip()
        return found

    def grants(self) -> dict[int, dict[str, str]]:
        """What each role may do with the records, by one scope."""
        found: dict[int, dict[str, str]] = {}
        for name, scope in self.post.items():
            pk = name.removeprefix("scope_")
            if name.startswith("scope_") and pk.isascii() and pk.isdigit() and scope in SCOPE_KEYS:
                found[int(pk)] = {} if scope == "none" else dict.fromkeys(ACTIONS, str(scope))
        return found

    def refused(self, error: Invalid) -> None:
        """Put what the door said beside the inputs."""
        self.status = 422
        known = {each["name"] for each in (*self.inputs(), *self.translations())}
        for name, said in error.by_field().items():
            if name in known:
                self.errors.setdefault(name, []).extend(said)
            else:
                self.said += said

    def _held(self, name: str) -> Any:
        if self.posted:
            return self.post.get(name, "").strip()
        return getattr(self.row, name, "") or "" if self.row is not None else ""

    def _input(self, name: str, label: str, kind: str = "text", **how: Any) -> dict[str, Any]:
        return {
            "name": name, "id": f"object_{name}", "label": label, "kind": kind, "value": None, "raw": self._held(name),
            "errors": self.errors.get(name, []), "required": False, "help": "", "max_length": 80, **how,
        }  # fmt: skip

    def _labels(self, name: str, label: str) -> dict[str, Any]:
        held = read_labels(self.post, name) if self.posted else getattr(self.row, name, None) or {}
        others = [(code, NATIVE[code], held.get(code, "")) for code, _n in settings.LANGUAGES]
        return self._input(name, label, "labels", languages=others)

    def inputs(self) -> list[dict[str, Any]]:
        """Every input in order."""
        places = [{"key": key, "label": str(label)} for key, label in PLACES.items()]
        found = [
            self._input("name", _("Name of one"), required=True, placeholder=_("Machine")),
            self._input("plural", _("Name of several"), required=True, placeholder=_("Machines")),
            self._input(
                "title_label",
                _("Its title field"),
                placeholder=_("Serial number"),
                help=_("What tells one from another: a number, a name."),
            ),
            self._input("menu", _("Menu"), "choice", options=places, required=True, raw=self._held("menu") or "main"),
        ]
        if self.row is None:
            help_ = _("Made from the name when left empty.")
            found.append(self._input("key", _("Key"), max_length=53, help=help_))
        return found

    def translations(self) -> list[dict[str, Any]]:
        """The names in other languages."""
        return [
            self._labels("labels", _("Name of one")),
            self._labels("plurals", _("Name of several")),
            self._labels("title_labels", _("Its title field")),
        ]

    def roles(self) -> list[dict[str, Any]]:
        """The scope of each role, for a new object."""
        if self.row is not None:
            return []
        held = self.grants() if self.posted else {}
        rows = records.query("roles", self.visit.actor, self.visit.env).where(administrator=False).sort(["name"])
        return [
            {"id": role.pk, "name": role.name, "value": held.get(role.pk, {}).get("read", "none")}
            for role in rows.page(200).items
        ]

    def draw(self, title: str) -> HttpResponse:
        """The panel."""
        context = {
            "title": title,
            "action": self.visit.request.path,
            "fields": self.inputs(),
            "translations": self.translations(),
            "version": self.row.version if self.row is not None else None,
            "form_errors": self.said,
            "icons": ICONS,
            "icon": self._held("icon") or "box",
            "roles": self.roles(),
            "scopes": [{"key": key, "label": str(label)} for key, label in settings_matrix.SCOPES.items()],
        }
        return self.visit.draw(PANEL, context, self.status)


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another object; on to its fields."""
    settings_pages.require(visit, PAGE)
    visit.entity("custom_objects", "create")
    form = ObjectForm(visit)
    if form.posted:
        try:
            row = objectservices.add_object(form.values(), form.act, form.grants())
        except Invalid as error:
            form.refused(error)
        else:
            said = _("%(name)s is there. Now give it fields.") % {"name": row.name}
            return done(visit, said, form.batch, f"/settings/fields/{row.key}")
    return form.draw(_("New object"))


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """One object: names, icon, place."""
    settings_pages.require(visit, PAGE)
    row = records.get("custom_objects", pk, visit.actor, "change")
    form = ObjectForm(visit, row)
    if form.posted:
        try:
            records.change("custom_objects", pk, form.values(), form.act, version(form.post), visit.env)
        except Invalid as error:
            form.refused(error)
        except Conflict as error:
            form.said = [_("%(who)s changed this meanwhile. Load the page again.") % {"who": error.by or _("Somebody")}]
            form.status = 409
        else:
            return done(visit, _("%(name)s is saved.") % {"name": form.values()["name"]}, form.batch)
    return form.draw(row.name)


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """An object with its records, after saying what goes."""
    settings_pages.require(visit, PAGE)
    row = records.get("custom_objects", pk, visit.actor, "remove")
    going = objectservices.what_goes_with(row)
    parts = [
        ngettext("%(n)s record", "%(n)s records", going["records"]) % {"n": going["records"]},
        ngettext("%(n)s field", "%(n)s fields", going["fields"]) % {"n": going["fields"]},
    ]
    reason = objectservices.held_back(row)
    context: dict[str, Any] = {
        "title": _("Move %(name)s to the bin") % {"name": row.plural},
        "lead": _("This goes with it: %(parts)s. It can be brought back.") % {"parts": ", ".join(parts)},
        "action": visit.request.path,
        "danger": True,
        "save_label": _("Move to the bin"),
        "form_errors": [reason] if reason else [],
    }
    if visit.request.method != "POST":
        return visit.draw(DIALOG, context)
    try:
        objectservices.remove_object(pk, visit.act("form", new_batch()))
    except DoorError as error:
        return visit.draw(DIALOG, {**context, "form_errors": [error.title]}, error.status)
    return done(visit, _("%(name)s moved to the bin.") % {"name": row.plural})


@page("POST")
def restore(visit: Visit, pk: int) -> HttpResponseBase:
    """Back, with the records that went with it."""
    settings_pages.require(visit, PAGE)
    row = objectservices.bring_back(pk, visit.act("form", new_batch()))
    return done(visit, _("%(name)s is back.") % {"name": row.plural})
