"""A column of an import that becomes a field of its own: what the wizard offers, asks and reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize.kindlist import LABELS
from bosun.platform.exports import version
from bosun.platform.imports import newfields
from bosun.platform.imports.analysis import Column

FRESH = newfields.FRESH


def offered(env: Env) -> list[dict[str, Any]]:
    """The choice of a new field, for those who may invent one."""
    if not newfields.may_invent(env.actor):
        return []
    return [{"group": _("New field"), "items": [{"key": FRESH, "label": _("A new field")}]}]


def version_offered() -> list[dict[str, Any]]:
    """The choice of the version that the writer of the file looked at; a conflict is told by it."""
    return [{"group": _("To tell conflicts"), "items": [{"key": version.NAME, "label": str(version.SPEC.label)}]}]


def known_spec(entity: Entity, held: Mapping[str, Any], known: Mapping[str, FieldSpec]) -> FieldSpec | None:
    """The field that a column fills, a new one that is there by now included."""
    if "new_field" in held and isinstance(held["new_field"], Mapping):
        return newfields.there(entity, held, known)
    return known.get(str(held.get("field", "")))


def asked(column: Column, held: Mapping[str, Any], rows: int, env: Env) -> dict[str, Any]:
    """Label and kind of the new field, guessed from what stands in the column until somebody says otherwise."""
    said = dict(held.get("new_field") or {})
    guessed = newfields.guess(column.header, column.values, rows, env)
    kind = str(said.get("kind") or guessed["kind"])
    return {
        "target": FRESH,
        "sure": True,
        "why": _("New"),
        "new_label": said.get("label") or guessed["label"],
        "new_digits": said.get("digits", guessed.get("digits", "")),
        "new_kind": [
            {"key": key, "label": str(LABELS[key]), "current": key == kind} for key in newfields.KINDS if key in LABELS
        ],
    }


def read(post: QueryDict, index: int, old: Mapping[str, Any]) -> dict[str, Any]:
    """The target that a posted column means; empty words are guessed when it is drawn."""
    said: dict[str, Any] = {}
    label, kind = post.get(f"new_label_{index}", "").strip(), post.get(f"new_kind_{index}", "")
    digits = post.get(f"new_digits_{index}", "")
    if label:
        said["label"] = label[:80]
    if kind:
        said["kind"] = kind
    if kind == "number" and digits.isascii() and digits.isdigit() and len(digits) < 3:
        said["digits"] = int(digits)
    made: dict[str, Any] = {"field": FRESH, "new_field": said}
    if kind in ("choice", "multichoice"):
        made["unknown"] = "add"
    return made
