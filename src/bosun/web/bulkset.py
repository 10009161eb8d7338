"""One field set on many records: what others changed while the dialog stood open is left, told, and set on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, records
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Clash, Conflict, Invalid
from bosun.kernel.specs import FieldSpec
from bosun.web import bulkasking, fields
from bosun.web.present import name_of, record_url
from bosun.web.selection import Selection, batch_of, change_each, changed, in_words, spell, tell, told
from bosun.web.visit import Visit

MOST_VERSIONS = 1000
"""More records than that travel without the versions that were looked at."""
SHOWN = 20
DIGITS = 18
OWN = frozenset(("csrfmiddlewaretoken", "versions", "only", "batch", "before"))
"""What the dialog posts beside the value."""


def versions_of(selection: Selection, visit: Visit) -> str:
    """The records and their versions as they are now, to be posted back; nothing for a larger selection."""
    if len(selection) > MOST_VERSIONS:
        return ""
    rows = access.visible(selection.entity, visit.actor).filter(pk__in=selection.ids).order_by("pk")
    return ",".join(f"{pk}:{version}" for pk, version in rows.values_list("pk", "version"))


def read_versions(text: str) -> dict[int, int]:
    """What `versions_of` wrote; anything else in it is passed over."""
    pairs = (part.partition(":") for part in text.split(","))
    return {int(pk): int(version) for pk, _colon, version in pairs if _is_number(pk) and _is_number(version)}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= DIGITS


def named(visit: Visit, entity: Entity) -> Selection | None:
    """The records that the posted dialog spoke of, whatever the list would show by now."""
    post = visit.request.POST
    ids = [int(part) for part in post.get("only", "").split(",") if _is_number(part)]
    ids = (ids or list(read_versions(post.get("versions", ""))))[:MOST_VERSIONS]
    return Selection(entity, tuple(dict.fromkeys(ids))) if ids else None


def set_field(visit: Visit, selection: Selection, spec: FieldSpec) -> HttpResponse:
    """GET: the dialog. POST: the value on every record; guards ask, and what others changed meanwhile is told."""
    if visit.request.method != "POST":
        return _draw(visit, selection, spec, [("versions", versions_of(selection, visit))])
    post = visit.request.POST
    raw = fields.read_one(post, spec.name, spec.kind)
    carried = [(name, post[name]) for name in ("versions", "only", "before") if name in post]
    try:
        value = spec.kind.parse(raw, visit.env)
        batch = batch_of(visit)
        seen = read_versions(post.get("versions", ""))
        drafts = change_each(selection, {pk: {spec.name: raw} for pk in selection.ids}, visit, batch, seen)
    except Invalid as error:
        said = [part.message for part in error.errors]
        return _draw(visit, selection, spec, carried, 422, raw=raw, errors=said)
    before = int(post["before"]) if _is_number(post.get("before", "")) else 0
    if bulkasking.asks(drafts):
        hidden = [("batch", batch), ("before", str(before + changed(drafts)))]
        hidden += [pair for pair in carried if pair[0] != "before"]
        return _draw(visit, selection, spec, hidden, 409, raw=raw, asked=bulkasking.context(visit, drafts))
    mark_left(drafts, spec, value)
    done = _("“%(field)s” set on %%(count)s.") % {"field": str(spec.label)}
    if any(isinstance(draft.failure, Conflict) for draft in drafts):
        return _left(visit, drafts, spec, done, batch, before)
    return told(visit, drafts, batch, done, before)


def mark_left(drafts: Sequence[Draft], spec: FieldSpec, value: Any) -> None:
    """Note a conflict too where somebody changed the field since, and the value chosen is the one from before.

    The door takes such a value for one that nobody typed, as in a form; here it was chosen.
    """
    for draft in drafts:
        older = draft.failure is None and draft.seen is not None and draft.seen < draft.record.version
        now = spec.get(draft.record) if older else None
        if older and not draft.diff and not spec.kind.same(now, value):
            draft.failure = Conflict([Clash(spec.name, now, value)], draft.record.version)


def _draw(
    visit: Visit,
    selection: Selection,
    spec: FieldSpec,
    hidden: Sequence[tuple[str, str]],
    status: int = 200,
    asked: Mapping[str, Any] | None = None,
    **how: Any,
) -> HttpResponse:
    field = fields.spec_field(spec, selection.entity, visit.env, **how)
    field.pop("shown_when_json", None)
    field["required"] = False
    context = {
        "title": str(spec.label),
        "lead": selection.words,
        "action": visit.request.get_full_path(),
        "fields": [field],
        **(asked or {}),
        "hidden": [pair for pair in hidden if pair[1]],
        "save_label": _("Set"),
    }
    return visit.draw("web/parts/form/dialog.html", context, status)


def _left(visit: Visit, drafts: Sequence[Draft], spec: FieldSpec, done: str, batch: str, before: int) -> HttpResponse:
    """What was changed and what was not, with the values now, and the way to set it all the same."""
    left = [draft for draft in drafts if isinstance(draft.failure, Conflict)]
    others = [draft for draft in drafts if not isinstance(draft.failure, Conflict)]
    before += changed(others)
    first = in_words(visit, others, done, before - changed(others))
    lead = ngettext(
        "%(count)s was left, as somebody changed “%(field)s” there meanwhile.",
        "%(count)s were left, as somebody changed “%(field)s” there meanwhile.",
        len(left),
    ) % {"count": spell(len(left), visit.env), "field": spec.label}
    tell(visit, f"{first} {lead}", before, batch)
    records.preload(left[0].entity, [draft.record for draft in left[:SHOWN]], visit.env, [spec.name])
    sent = visit.request.POST.lists()
    values = [(name, value) for name, several in sent for value in several if name not in OWN]
    hidden = {"only": ",".join(str(draft.id) for draft in left), "batch": batch, "before": str(before)}
    context = {
        "title": str(spec.label),
        "first": first,
        "lead": lead,
        "action": visit.request.get_full_path(),
        "hidden": [*values, *hidden.items()],
        "given": spec.kind.text(_given(left[0], spec.name), visit.env) or "–",
        "left": [_line(draft, spec, visit) for draft in left[:SHOWN]],
        "more": max(0, len(left) - SHOWN),
    }
    return visit.draw("web/parts/form/left_dialog.html", context, 409)


def _given(draft: Draft, name: str) -> Any:
    """What was to be set, of a draft that met somebody else's change."""
    clashes = draft.failure.clashes if isinstance(draft.failure, Conflict) else []
    return next((clash.yours for clash in clashes if clash.field == name), None)


def _line(draft: Draft, spec: FieldSpec, visit: Visit) -> dict[str, str]:
    return {
        "name": name_of(draft.entity, draft.record, visit.env),
        "url": record_url(draft.entity, draft.id),
        "now": spec.kind.text(spec.get(draft.record), visit.env) or "–",
    }
