"""Forms over one record in the settings: as a page and in the dialog; conflicts and errors beside the fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, Denied, DoorError, Invalid, Objected
from bosun.kernel.removal import remove, what_goes
from bosun.kernel.specs import FieldSpec
from bosun.platform.accounts import profile
from bosun.web import fields
from bosun.web.inline import conflict_of
from bosun.web.present import name_of
from bosun.web.selection import undo_url
from bosun.web.shell import NATIVE
from bosun.web.verbs import DIALOG, blocked, counts_in_words, done, guards_of
from bosun.web.visit import Visit

CONFLICT_DIALOG = "web/parts/form/conflict_dialog.html"


@dataclass
class RecordForm:
    """One record in a form: what is shown, what was typed, and what the door said to it.

    `names` are the fields in reading order, those that do not exist for the visitor left out; `fixed` are values that
    the page adds and nobody types, `given` what a new record begins with.
    """

    visit: Visit
    entity: Entity
    names: Sequence[str]
    record: Any = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] | None = None
    errors: dict[str, list[str]] = field(default_factory=dict)
    conflict: dict[str, Any] | None = None
    status: int = 200
    batch: str = ""
    objected: Objected | None = None

    def __post_init__(self) -> None:
        known = access.specs(self.entity, self.visit.actor)
        self.specs = {name: known[name] for name in self.names if name in known}

    def field(self, name: str) -> dict[str, Any]:
        """One input; what was typed stands in it again after a refusal."""
        spec = self.specs[name]
        how: dict[str, Any] = {"errors": self.errors.get(name, [])}
        if self.raw is not None and name in self.raw:
            how["raw"] = self.raw[name]
        value = self.given.get(name, spec.default_value(self.visit.env))
        if self.record is not None:
            value = spec.get(self.record)
        made = fields.spec_field(spec, self.entity, self.visit.env, value, **how)
        if name == "labels":
            held = how.get("raw", value) or {}
            return made | {"kind": "labels", "languages": [(code, NATIVE[code], held.get(code, "")) for code in NATIVE]}
        return as_ticks(made, spec, self.visit) if spec.kind.widget == "refs" else made

    def all_fields(self) -> list[dict[str, Any]]:
        """Every input in order."""
        return [self.field(name) for name in self.specs]

    def loose(self) -> list[str]:
        """What was said about no field of this form."""
        return [said for name, part in self.errors.items() if name not in self.specs for said in part]

    def save(self) -> Any:
        """Write what was posted; the record, or None where the form must be shown again."""
        post = self.visit.request.POST
        mine = {name: spec for name, spec in self.specs.items() if post.get(f"keep_{name}") != "theirs"}
        self.raw = fields.read(post, {name: spec for name, spec in mine.items() if spec.writable})
        for name in self.raw:
            if self.specs[name].kind.widget == "refs":
                self.raw[name] = [{"id": each} for each in self.raw[name]]
        if "labels" in mine:
            self.raw["labels"] = read_labels(post)
        self.batch = new_batch()
        act = self.visit.act("form", self.batch)
        try:
            if self.record is None:
                return records.create(self.entity, {**self.raw, **self.fixed}, act, self.visit.env)
            written = {**self.raw, **self.fixed}
            return records.change(self.entity, self.record.pk, written, act, version(post), self.visit.env).record
        except Invalid as error:
            self.errors, self.status = error.by_field(), 422
        except Conflict as error:
            self._clash(error)
        except Objected as error:
            self.objected, self.status = error, 409
        return None

    def _clash(self, error: Conflict) -> None:
        self.conflict, self.status = conflict_of(self.visit, self.entity, error), 409
        self.raw = {name: value for name, value in (self.raw or {}).items() if name not in error.kept}


def read_labels(post: Any, prefix: str = "labels") -> dict[str, str]:
    """One text for each language."""
    return {code: post.get(f"{prefix}_{code}", "").strip() for code, _name in settings.LANGUAGES}


def as_ticks(made: dict[str, Any], spec: FieldSpec, visit: Visit) -> dict[str, Any]:
    """The input of such a field."""
    entity = registry.of(spec.kind.model)  # type: ignore[attr-defined]
    rows = records.query(entity, visit.actor, visit.env).sort(entity.sort).page(limit=200).items
    held = [str(each["id"] if isinstance(each, dict) else each) for each in made["raw"] or ()]
    options = [{"key": str(row.pk), "label": name_of(entity, row, visit.env)} for row in rows]
    return {**made, "kind": "multichoice", "options": options, "raw": held}


def version(post: Any) -> int | None:
    """The version that a form was drawn with."""
    seen = post.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None


def sections(form: RecordForm, layout: Sequence[tuple[Any, str]]) -> list[dict[str, Any]]:
    """The inputs in sections of two columns: pairs of a title and names parted by a bar."""
    found = []
    for title, names in layout:
        columns = [[form.field(n) for n in part.split() if n in form.specs] for part in names.split("|")]
        if any(columns):
            found.append({"title": str(title), "columns": columns})
    return found


def page_context(form: RecordForm, layout: Sequence[tuple[Any, str]], action: str, cancel: str) -> dict[str, Any]:
    """The context of a form that fills a page."""
    drawn = sections(form, layout)
    inputs = [each for section in drawn for column in section["columns"] for each in column]
    about = {
        "action": action,
        "draft_key": action.strip("/"),
        "version": form.record.version if form.record is not None else None,
        "sections": drawn,
        "bad": [each for each in inputs if each["errors"]],
        "errors": form.loose() + (objections(form) if form.objected else []),
        "cancel_url": cancel,
        "fresh": form.status == 200,
    }
    return {"form": about, "conflict": form.conflict}


def objections(form: RecordForm) -> list[str]:
    """What guards have to say."""
    return [form.objected.title] if form.objected else []


def dialog(form: RecordForm, title: str, lead: str = "", save_label: str = "") -> HttpResponse:
    """The form as a small one in the dialog; saves what was posted."""
    visit = form.visit
    if visit.request.method == "POST":
        record = form.save()
        if record is not None:
            text = _("%(name)s is saved.") % {"name": name_of(form.entity, record, visit.env)}
            return done(visit, text, form.batch)
        if form.conflict is not None:
            both = {"conflict": form.conflict, "action": address(visit), "hidden": as_posted(visit)}
            return visit.draw(CONFLICT_DIALOG, both, 409)
    context: dict[str, Any] = {
        "title": title,
        "lead": lead,
        "action": address(visit),
        "fields": form.all_fields(),
        "version": form.record.version if form.record is not None else None,
        "save_label": save_label,
        "form_errors": form.loose(),
        "guards": guards_of(form.objected) if form.objected and not blocked(form.objected) else [],
    }
    if form.objected and blocked(form.objected):
        context["form_errors"] += objections(form)
    return visit.draw(DIALOG, context, form.status)


def as_posted(visit: Visit) -> list[tuple[str, str]]:
    """What was posted, to be posted once more with an answer."""
    own = ("version", "csrfmiddlewaretoken")
    return [(name, value) for name, values in visit.request.POST.lists() for value in values if name not in own]


def address(visit: Visit) -> str:
    """Where this very dialog posts to."""
    return visit.request.get_full_path()


def removal(visit: Visit, entity: Entity, pk: int, title: str = "") -> HttpResponse:
    """To the bin, after saying exactly what goes."""
    record = records.get(entity, pk, visit.actor)
    if not access.may_row(entity, visit.actor, "remove", pk):
        raise Denied()
    going, held = what_goes(entity, [pk])
    name = name_of(entity, record, visit.env)
    context: dict[str, Any] = {
        "title": title or _("Move to the bin"),
        "lead": f"{name}: {counts_in_words({key: len(ids) for key, ids in going.items()})}",
        "action": address(visit),
        "danger": True,
        "save_label": _("Move to the bin"),
    }
    if held:
        said = counts_in_words(held)
        context["form_errors"] = [_("Still in use by %(records)s. Change those first.") % {"records": said}]
    if visit.request.method != "POST":
        return visit.draw(DIALOG, context)
    batch = new_batch()
    try:
        remove(entity, [pk], visit.act("form", batch), visit.env)
    except DoorError as error:
        return visit.draw(DIALOG, {**context, "form_errors": [error.title]}, error.status)
    return done(visit, _("%(name)s moved to the bin.") % {"name": name}, batch)


def kept(visit: Visit, text: str, batch: str = "") -> None:
    """A toast on the next page, with undo where there is something to take back."""
    messages.success(visit.request, text, extra_tags=undo_url(batch) if batch else "")


class OwnForm(RecordForm):
    """The form of one's own person: the fields that everybody may set for himself, whatever the rights."""

    def __post_init__(self) -> None:
        known = self.entity.native_specs()
        self.specs = {name: known[name] for name in self.names if name in profile.OWN_FIELDS}

    def save(self) -> Any:
        """Write what was posted; the record, or None where the form must be shown again."""
        post = self.visit.request.POST
        mine = {name: spec for name, spec in self.specs.items() if post.get(f"keep_{name}") != "theirs"}
        self.raw = fields.read(post, mine)
        self.batch = new_batch()
        try:
            return profile.change_own(self.visit.actor, self.raw, self.batch, version(post), self.visit.env).record
        except Invalid as error:
            self.errors, self.status = error.by_field(), 422
        except Conflict as error:
            self._clash(error)
        return None
