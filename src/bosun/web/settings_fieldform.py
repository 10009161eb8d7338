"""The panel in which an invented field is written: what it asks, what was typed, and what that means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Choice, Kind
from bosun.kernel.specs import FieldSpec
from bosun.platform.customize import kindlist, loader, services
from bosun.platform.customize.models import CustomField
from bosun.platform.customize.secret import Secret
from bosun.platform.files.kind import File
from bosun.platform.options import lists
from bosun.web.settings_fieldkinds import clear_to, computed_inputs
from bosun.web.settings_forms import read_labels, version
from bosun.web.settings_matrix import FIELD_LEVELS
from bosun.web.shell import NATIVE
from bosun.web.visit import Visit

NUMBERS = ("digits", "length")
WORDS = ("target", "options", "formula", "gives", "source", "how", "of")
TARGETS = frozenset(("users", "departments", "positions"))
"""What people know, besides what they work with, that a field may refer to."""
FIXED = ("digits", "target", "options", "gives", "source", "how")
"""What cannot be changed once there are values."""


@dataclass
class FieldForm:
    """One field in the panel; `row` is None for a new one."""

    visit: Visit
    entity: Entity
    row: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    rights: dict[int, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    status: int = 200

    def __post_init__(self) -> None:
        self.batch = new_batch()
        self.act: Act = self.visit.act("form", self.batch)
        self.post: Mapping[str, Any] = self.visit.request.POST if self.visit.request.method == "POST" else {}
        self.seen = version(self.post) if self.post else None

    # what was typed ------------------------------------------------------------------------------------------

    def _typed(self, name: str) -> str:
        return str(self.post.get(name, "")).strip()

    @property
    def kind(self) -> str:
        """The kind that is chosen."""
        return self.row.kind if self.row is not None else self._typed("kind") or "text"

    def read(self) -> bool:
        """Understand what was posted; False where it cannot be."""
        if self.kind not in kindlist.LABELS:
            self.errors["kind"] = [_("Choose a kind.")]
        self.options = [each.strip()[:120] for each in self._typed("new_options").splitlines() if each.strip()]
        said = self._settings()
        self.values = {
            "label": self._typed("label"),
            "labels": read_labels(self.visit.request.POST),
            "help": self._typed("help"),
            "required": "required" in self.post,
            "unique": "unique" in self.post,
            "settings": said,
        }
        if self.row is None:
            self.values |= {"kind": self.kind, "name": self._typed("name")}
        self.rights = self._rights()
        if self.errors:
            self.status = 422
        return not self.errors

    def _settings(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        held = (self.row.settings if self.row is not None else None) or {}
        for name in NUMBERS:
            text = self._typed(name)
            if text.isascii() and text.isdigit() and len(text) < 6:
                found[name] = int(text)
            elif text:
                self.errors[name] = [_("This is not a number.")]
        for name in WORDS:
            if self._typed(name):
                found[name] = self._typed(name)
        if self.kind == "secret":
            found["clear_to"] = sorted(clear_to(self.post))
        if self.row is not None:
            found = {**held, **{name: value for name, value in found.items() if name not in FIXED}}
            found.pop("default", None)
        if self._typed("default") and not self.errors:
            self._read_default(found)
        return found

    def _read_default(self, found: dict[str, Any]) -> None:
        text = self._typed("default")
        kind = self.draft_kind(found)
        if kind is None:
            return
        try:
            value = kind.parse(text, self.visit.env)
        except Invalid as error:
            self.errors["default"] = [part.message for part in error.errors]
            return
        found["default"] = kind.to_json(value, self.visit.env)

    def _rights(self) -> dict[int, str]:
        found = {}
        for name in self.post:
            pk = name.removeprefix("right_")
            if name.startswith("right_") and pk.isascii() and pk.isdigit() and self.post[name] in FIELD_LEVELS:
                found[int(pk)] = str(self.post[name])
        return found

    def refused(self, error: Invalid) -> None:
        """Put what the door said beside the inputs."""
        self.status = 422
        inputs = {each["name"] for each in self.inputs()}
        for name, said in error.by_field().items():
            place = self._place_of(name) if name in ("settings", "") else name
            if place in inputs:
                self.errors.setdefault(place, []).extend(said)
            else:
                self.said += said

    def _place_of(self, name: str) -> str:
        """The input that an error of the settings as a whole is about: what the kind needs, else the first value."""
        needed = kindlist.NEEDS.get(self.kind, "")
        if needed and not self._typed(needed):
            return "new_options" if needed == "options" else needed
        if needed in ("formula", "source"):
            return needed
        return "default" if name and self._typed("default") else ""

    # what it would be ----------------------------------------------------------------------------------------

    def draft_kind(self, said: Mapping[str, Any]) -> Kind | None:
        """The kind as it would be; options that are only written here included."""
        if self.kind == "secret":
            return Secret("")
        if self.kind == "file":
            return File(self.entity.key, "")
        if self.kind == "formula":
            return kindlist.gives(said)
        if self.kind in ("choice", "multichoice") and not said.get("options"):
            taken: set[str] = set()
            fixed = {}
            for label in self.options:
                key = lists.fresh_key(label, taken)
                taken.add(key)
                fixed[key] = label
            made: Choice = kindlist.MAKERS[self.kind]({"options": ""})  # type: ignore[assignment]
            made.fixed = fixed
            return made
        needed = kindlist.NEEDS.get(self.kind)
        if self.kind not in kindlist.MAKERS or (needed and not said.get(needed)):
            return None
        return kindlist.make(self.kind, said)

    def draft_spec(self) -> FieldSpec | None:
        """The field as it would be."""
        said = self.values["settings"]
        kind = self.draft_kind(said)
        if kind is None or not self.values["label"]:
            return None
        name = self.values.get("name") or services.propose_key(self.values["label"], services.taken_names(self.entity))
        plain = {key: value for key, value in self.values.items() if key not in ("settings", "name", "kind")}
        row = CustomField(entity=self.entity.key, name=name, kind="text", settings={}, **plain)
        return loader.with_kind(loader.spec_of(row), kind)

    # what it shows -------------------------------------------------------------------------------------------

    def _held(self, name: str) -> Any:
        if self.post:
            return self._typed(name)
        if self.row is None:
            return ""
        said = self.row.settings or {}
        if name == "default":
            return self._default_text(said)
        return said.get(name, "") if name in kindlist.SETTINGS else getattr(self.row, name) or ""

    def _default_text(self, said: Mapping[str, Any]) -> Any:
        kind = self.draft_kind(said)
        begin = loader.given(kind, said.get("default")) if kind is not None and said.get("default") else None
        return kind.text(begin(self.visit.env), self.visit.env) if kind is not None and begin is not None else ""

    def input(self, name: str, label: Any, kind: str = "text", **how: Any) -> dict[str, Any]:
        """One input; `shown_for` are the kinds of field that it is for."""
        shown_for = how.pop("shown_for", None)
        made = {
            "name": name, "id": f"field_{name}", "label": str(label), "kind": kind, "value": None,
            "raw": self._held(name), "errors": self.errors.get(name, []), "required": False, "help": "",
            "max_length": 200, **how,
        }  # fmt: skip
        if shown_for is not None:
            if self.row is not None and self.row.kind not in shown_for:
                return {}
            if self.row is None:
                made["shown_when_json"] = json.dumps({"field": "kind", "op": "in", "value": sorted(shown_for)})
        return made

    def _tick(self, name: str, label: Any, **how: Any) -> dict[str, Any]:
        on = name in self.post if self.post else bool(self.row is not None and getattr(self.row, name))
        return self.input(name, label, "checkbox", raw=on, **how)

    def inputs(self) -> list[dict[str, Any]]:
        """Every input in order; those that do not fit the kind are left out."""
        new = self.row is None
        held = (self.row.labels or {}) if self.row is not None else {}
        if self.post:
            held = read_labels(self.visit.request.POST)
        languages = [(code, NATIVE[code], held.get(code, "")) for code, _name in settings.LANGUAGES if code in NATIVE]
        found = [
            self.input("label", _("Label"), required=True, max_length=80),
            self.input("labels", _("Other languages"), "labels", languages=languages, folded=True),
        ]
        if new:
            kinds = [{"key": key, "label": label} for key, label in services.kinds_with_labels()]
            raw = self._typed("kind") or "text"
            found += [
                self.input("kind", _("Kind"), "choice", required=True, options=kinds, raw=raw),
                self.input("name", _("Key"), max_length=53, help=_("Made from the label when left empty.")),
            ]
        found += self._of_kind(new)
        found += [
            self._tick("required", _("Required"), shown_for=set(kindlist.LABELS) - kindlist.COMPUTED),
            self._tick("unique", _("No two records have the same"), shown_for=set(kindlist.ONCE)),
            self.input(
                "default", _("What a new record begins with"),
                shown_for=set(kindlist.LABELS) - kindlist.WITHOUT_DEFAULT,
            ),
            self.input("help", _("Help"), max_length=200),
        ]  # fmt: skip
        return [each for each in found if each]

    def _of_kind(self, new: bool) -> list[dict[str, Any]]:
        more = computed_inputs(self)
        if not new:
            return [self.input("length", _("Characters at most"), shown_for={"text"}), *more]
        known = [{"key": each.key, "label": str(each.label)} for each in lists.known().values()]
        targets = [
            {"key": each.key, "label": each.plural}
            for each in registry.all_entities()
            if each.menu == "main" or each.extras.get("invented") or each.key in TARGETS
        ]
        choices = {"choice", "multichoice"}
        return [
            self.input("length", _("Characters at most"), shown_for={"text"}),
            self.input("digits", _("Decimals"), shown_for={"number", "formula"}),
            self.input("target", _("Refers to"), "choice", options=targets, required=True, shown_for={"ref"}),
            self.input(
                "new_options",
                _("Options"),
                "longtext",
                required=True,
                shown_for=choices,
                max_length=None,
                help=_("One on each line; or choose a list below."),
            ),
            self.input("options", _("Or a list that is there"), "choice", options=known, shown_for=choices),
            *more,
        ]

    def rights_rows(self) -> list[dict[str, Any]]:
        """Who may read and write it, by role."""
        name = self.row.name if self.row is not None else ""
        held = (
            clear_to(self.post)
            if self.post
            else set((self.row.settings or {}).get("clear_to", ()))
            if self.row
            else set()
        )
        return [
            {"id": role.pk, "name": role.name, "value": self.rights.get(role.pk, level), "clear": role.pk in held}
            for role, level in services.rights_of(self.entity, name, self.act)
        ]

    def options_url(self) -> str:
        """Where the options of a choice are edited."""
        key = (self.row.settings or {}).get("options") if self.row is not None else ""
        return f"/settings/options/{key}" if key else ""
