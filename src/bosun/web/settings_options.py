"""Option lists: named in three languages, put in order, coloured, switched off; keys never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel import records
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.errors import Conflict, DoorError, Invalid, NotFound
from bosun.lib import numbers
from bosun.platform.options import lists
from bosun.web import settings_pages
from bosun.web.settings_forms import kept
from bosun.web.visit import Visit, page

LANGUAGES = {"en": "en", "zh": "zh-hans", "es": "es"}
"""Names of inputs, and the languages that they are for."""
COLOURS = {
    "": gettext_lazy("None"),
    "good": gettext_lazy("Green"),
    "soon": gettext_lazy("Yellow"),
    "due": gettext_lazy("Orange"),
    "overdue": gettext_lazy("Red"),
}
STEP = 10


@dataclass
class Row:
    """One option in the form."""

    id: str
    key: str
    texts: dict[str, str]
    active: bool
    colour: str
    version: str
    errors: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """True for a new row in which nothing was written."""
        return not self.id and not any(self.texts.values())


@page("GET")
def first(visit: Visit) -> HttpResponseBase:
    """On to the first list."""
    settings_pages.require(visit, "options")
    names = sorted(lists.declared)
    if not names:
        raise NotFound()
    return HttpResponseRedirect(f"/settings/options/{next(iter(lists.declared))}")


@page("GET", "POST")
def options(visit: Visit, name: str) -> HttpResponseBase:
    """One list."""
    settings_pages.require(visit, "options")
    known = lists.known()
    declared = known.get(name)
    if declared is None:
        raise NotFound()
    rows, status, said = held(visit, name), 200, ""
    if visit.request.method == "POST":
        rows = typed(visit)
        try:
            batch = save(visit, name, rows)
        except DoorError as error:
            status, said = error.status, error.title
        else:
            kept(visit, _("Saved"), batch)
            return HttpResponseRedirect(f"/settings/options/{name}")
    context = {
        "title": str(declared.label),
        "crumbs": settings_pages.crumb("options"),
        "lists": [
            {
                "label": str(each.label),
                "url": f"/settings/options/{each.key}",
                "current": each.key == name,
                "count": len(lists.options(each.key)),
            }
            for each in known.values()
        ],
        "options": {"action": f"/settings/options/{name}", "rows": rows},
        "colours": [{"key": key, "label": str(label)} for key, label in COLOURS.items()],
        "said": said,
    }
    return settings_pages.draw(visit, "options", "options", context, status)


def held(visit: Visit, name: str) -> list[Row]:
    """The list as it stands."""
    query = records.query("options", visit.actor, visit.env).filter({"field": "list_key", "op": "is", "value": name})
    rows = [row for part in query.sort(["position"]).walk() for row in part]
    return [
        Row(
            str(row.pk),
            row.key,
            {
                code: (row.labels or {}).get(language) or (row.label if code == "en" else "")
                for code, language in LANGUAGES.items()
            },
            row.active,
            row.colour or "",
            str(row.version),
        )
        for row in rows
    ]


def typed(visit: Visit) -> list[Row]:
    """The list as it was posted, in its order."""
    post = visit.request.POST
    on = set(post.getlist("on"))
    columns = [post.getlist(part) for part in ("id", "key", *LANGUAGES, "colour", "version")]
    if len({len(column) for column in columns}) != 1:
        raise Invalid(_("The list arrived incomplete. Load the page again."))
    rows = []
    for pk, key, en, zh, es, colour, seen in zip(*columns, strict=True):
        words = {"en": en.strip(), "zh": zh.strip(), "es": es.strip()}
        rows.append(Row(pk, key, words, not pk or pk in on, colour, seen))
    return [row for row in rows if not row.empty]


def save(visit: Visit, name: str, rows: list[Row]) -> str:
    """Write all rows, or none; every refusal stands beside its row. The batch, for undo."""
    batch = new_batch()
    act = visit.act("form", batch)
    taken = set(lists.options(name))
    with transaction.atomic():
        for place, row in enumerate(rows):
            try:
                _write(visit, act, name, row, (place + 1) * STEP, taken)
            except Invalid as error:
                row.errors = [part.message for part in error.errors]
            except Conflict as error:
                row.errors = [
                    _("%(who)s changed this meanwhile. Load the page again.") % {"who": error.by or _("Somebody")}
                ]
            except DoorError as error:
                row.errors = [error.title]
        if any(row.errors for row in rows):
            transaction.set_rollback(True)
    if any(row.errors for row in rows):
        raise Invalid(_("Nothing was saved yet. Look at the marked rows."))
    return batch


def _write(visit: Visit, act: Act, name: str, row: Row, position: int, taken: set[str]) -> None:
    labels = {language: row.texts[code] for code, language in LANGUAGES.items() if row.texts[code]}
    label = row.texts["en"] or next(iter(labels.values()), "")
    raw: dict[str, Any] = {
        "label": label,
        "labels": labels,
        "position": position,
        "active": row.active,
        "colour": row.colour,
    }
    if row.colour not in COLOURS:
        raise Invalid(_("This colour is not known."))
    if row.id:
        if not (row.id.isascii() and row.id.isdigit() and len(row.id) < 19):
            raise NotFound()
        option = records.get("options", int(row.id), visit.actor)
        if option.list_key != name:
            raise NotFound()
        records.change(
            "options", option.pk, raw, act, int(row.version) if numbers.is_id(row.version) else None, visit.env
        )
        return
    key = lists.fresh_key(label, taken)
    taken.add(key)
    records.create("options", {**raw, "list_key": name, "key": key}, act, visit.env)
