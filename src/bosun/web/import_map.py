"""The map of an import as a form: what is drawn for each column, and the map that a posted form means.

The form speaks of one step with one target a column. What a loaded map says beyond that stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import AnyReference, Choice, Money, Reference, Structured, Text
from bosun.kernel.specs import FieldSpec
from bosun.platform.exports import version
from bosun.platform.imports.analysis import Analysis, Column
from bosun.platform.imports.mapping import steps_of
from bosun.platform.imports.propose import Proposal, unknown_values
from bosun.web import import_fields
from bosun.web.present import currencies

UNKNOWN = {
    "add": gettext_lazy("Add to the list"),
    "refuse": gettext_lazy("Refuse the row"),
    "empty": gettext_lazy("Leave empty"),
}
MISSING = {
    "refuse": gettext_lazy("Refuse the row"),
    "create": gettext_lazy("Create it by its name"),
    "empty": gettext_lazy("Leave empty"),
}
ON_MATCH = {
    "update": gettext_lazy("Update what is there"),
    "skip": gettext_lazy("Leave what is there"),
    "refuse": gettext_lazy("Refuse the row"),
}
DUPLICATES = {
    "create": gettext_lazy("Create it all the same"),
    "skip": gettext_lazy("Leave the row out"),
    "refuse": gettext_lazy("Refuse the row"),
}
DATES = {
    "auto": gettext_lazy("As found in the file"),
    "ymd": gettext_lazy("Year month day"),
    "dmy": gettext_lazy("Day month year"),
    "mdy": gettext_lazy("Month day year"),
}
NUMBERS = {
    "auto": gettext_lazy("As found in the file"),
    "en": "1,234.5",
    "es": "1.234,5",
}
EMPTY = {"keep": gettext_lazy("Leave what is there"), "clear": gettext_lazy("Empty the field too")}
SHOWN_VALUES = 20
SAMPLES = 3


def simple(raw: Any) -> bool:
    """True when the form can draw a map: one step, at most one target a column."""
    steps = steps_of(raw)
    if len(steps) != 1:
        return not raw
    columns = steps[0].get("columns")
    return isinstance(columns, Mapping) and not any(isinstance(said, list) for said in columns.values())


def step(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one step of a simple map."""
    return next(iter(steps_of(raw)), {}) if raw else {}


def target(raw: Mapping[str, Any], header: str) -> dict[str, Any]:
    """Where a column goes, as a whole target."""
    said = (step(raw).get("columns") or {}).get(header)
    if isinstance(said, str):
        return {"field": said}
    return dict(said) if isinstance(said, Mapping) else {}


def open_fields(entity: Entity, env: Env) -> dict[str, FieldSpec]:
    """The fields that a file may fill."""
    known = access.specs(entity, env.actor)
    return {name: spec for name, spec in known.items() if spec.writable and not isinstance(spec.kind, Structured)}


def groups(entity: Entity, env: Env) -> list[dict[str, Any]]:
    """The fields to choose from, in the sections of the form."""
    known = open_fields(entity, env)
    found, taken = [], set()
    for section in entity.form:
        names = [name for name in section.names() if name in known]
        taken.update(names)
        found.append({"group": str(section.label or entity.label), "names": names})
    found.append({"group": str(_("More")), "names": [name for name in known if name not in taken]})
    return [
        {"group": each["group"], "items": [{"key": name, "label": str(known[name].label)} for name in each["names"]]}
        for each in found
        if each["names"]
    ] + [*import_fields.version_offered(), *import_fields.offered(env)]


def choices(words: Mapping[str, Any], current: str) -> list[dict[str, Any]]:
    """A list to choose from."""
    return [{"key": key, "label": str(label), "current": key == current} for key, label in words.items()]


# what is drawn ---------------------------------------------------------------------------------------------------


def columns(
    entity: Entity, analysis: Analysis, raw: Mapping[str, Any], proposal: Proposal, env: Env
) -> list[dict[str, Any]]:
    """The rows of the table: each column with samples, its field, why, and what is asked about its values."""
    known = open_fields(entity, env)
    proposed = {guess.column: guess for guess in proposal.guesses}
    found = []
    for index, column in enumerate(analysis.columns):
        held = target(raw, column.header)
        spec = import_fields.known_spec(entity, held, known)
        guess = proposed.get(column.header)
        by = guess.by if guess and spec and guess.field == spec.name else ""
        line = {
            "index": index,
            "header": column.header,
            "samples": column.values[:SAMPLES],
            "filled": column.filled,
            "target": spec.name if spec else "",
            "sure": by == "header" or (spec is not None and not by),
            "why": WHY[by] if spec else "",
            "closed": column.header in proposal.ignored,
        }
        if spec is None and "new_field" in held:
            line |= import_fields.asked(column, held, analysis.rows, env)
        if spec is None and held.get("field") == version.NAME:
            named = guess is not None and guess.by == "header"
            line |= {"target": version.NAME, "sure": True, "why": WHY["header" if named else ""]}
        found.append(line | (asked(spec, column, held, env, index) if spec else {}))
    return found


WHY = {
    "header": gettext_lazy("By its name"),
    "content": gettext_lazy("By what stands in it"),
    "": gettext_lazy("Chosen"),
}


def asked(spec: FieldSpec, column: Column, held: Mapping[str, Any], env: Env, index: int) -> dict[str, Any]:
    """What is asked about the values of one column."""
    kind = spec.kind
    if isinstance(kind, Choice):
        return _asked_choice(kind, spec, column, held, env)
    if isinstance(kind, Reference | AnyReference):
        return {"missing": choices(MISSING, str(held.get("missing", "refuse")))}
    if isinstance(kind, Money):
        held_in = str(held.get("currency", ""))
        offered = {"": _("As written, else %(code)s") % {"code": env.company.currency}}
        return {"currency": choices({**offered, **{code: code for code in currencies(env, held_in)}}, held_in)}
    return {}


def _asked_choice(kind: Choice, spec: FieldSpec, column: Column, held: Mapping[str, Any], env: Env) -> dict[str, Any]:
    values = held.get("values") or {}
    unknown = unknown_values(spec, column, env)
    if not unknown and not values:
        return {}
    options = [{"key": key, "label": label} for key, label in kind.choices(env) or ()]
    lines = [{"said": said, "meant": values.get(said)} for said in dict.fromkeys([*unknown, *values])][:SHOWN_VALUES]
    words = UNKNOWN if kind.fixed is None else {key: label for key, label in UNKNOWN.items() if key != "add"}
    return {
        "unknown": choices(words, str(held.get("unknown", "refuse"))),
        "values": [
            {**line, "options": [{**option, "current": option["key"] == line["meant"]} for option in options]}
            for line in lines
        ],
        "more_values": max(0, len(unknown) - SHOWN_VALUES),
    }


def whole(entity: Entity, raw: Mapping[str, Any], headers: Sequence[str], env: Env, backdating: bool) -> dict[str, Any]:
    """What is asked about the file as a whole."""
    said = step(raw)
    known = open_fields(entity, env)
    filled = {target(raw, header).get("field") for header in headers}
    key = said.get("key") or ""
    key = key if isinstance(key, str) else "+".join(str(part) for part in key)
    keys = [n for n in known if n in filled and isinstance(known[n].kind, Text | Choice | Reference)]
    keys += [n for n in known if n in filled and known[n].kind.multiple and n not in keys]
    offered: dict[str, Any] = {"": _("Nothing: every row is a new record"), **{n: known[n].label for n in keys}}
    if key and key not in offered:
        offered[key] = " + ".join(str(known[part].label) for part in key.split("+") if part in known)
    history = said.get("history") or {}
    moments: dict[str, Any] = {"": _("No: now, by me"), **{header: header for header in headers}}
    return {
        "key": choices(offered, key),
        "on_match": choices(ON_MATCH, str(said.get("on_match", "update"))),
        "duplicates": choices(DUPLICATES, str(said.get("duplicates", "create"))) if entity.same else [],
        "dates": choices(DATES, str(said.get("dates", "auto"))),
        "numbers": choices(NUMBERS, str(said.get("numbers", "auto"))),
        "empty": choices(EMPTY, _empty(said)),
        "at": choices(moments, str(history.get("at", ""))) if backdating else [],
        "by": choices(moments, str(history.get("by", ""))) if backdating else [],
        "constants": [{"field": name, "value": _typed(value)} for name, value in (said.get("constants") or {}).items()],
    }


def _empty(said: Mapping[str, Any]) -> str:
    targets = [each for each in (said.get("columns") or {}).values() if isinstance(each, Mapping)]
    return "clear" if any(each.get("empty") == "clear" for each in targets) else "keep"


def _typed(value: Any) -> str:
    return str(value.get("name") or value.get("id") or "") if isinstance(value, Mapping) else str(value)


# what is posted --------------------------------------------------------------------------------------------------


def read(post: QueryDict, entity: Entity, headers: Sequence[str], old: Mapping[str, Any], env: Env) -> dict[str, Any]:
    """The map that a posted form means. Words that are not known travel on, to be refused by the importer."""
    said = step(old)
    known = open_fields(entity, env)
    made: dict[str, Any] = {"entity": entity.key, "columns": {}}
    for index, header in enumerate(headers):
        found = read_target(post, index, known, target(old, header))
        if found:
            made["columns"][header] = found
    for name, default in (("on_match", "update"), ("duplicates", "create"), ("dates", "auto"), ("numbers", "auto")):
        word = post.get(name, str(said.get(name, default)))
        if word != default:
            made[name] = word
    filled = {part if isinstance(part, str) else part["field"] for part in made["columns"].values()}
    key = [part for part in post.get("key", "").split("+") if part in filled]
    if key:
        made["key"] = key[0] if len(key) == 1 else key
    constants = _constants(post, known)
    history = {word: post[word] for word in ("at", "by") if post.get(word)}
    return made | _filled(constants=constants, new=said.get("new"), history=history)


def _filled(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value}


def _constants(post: QueryDict, known: Mapping[str, FieldSpec]) -> dict[str, Any]:
    pairs = zip(post.getlist("const_field"), post.getlist("const_value"), strict=False)
    return {name: _constant(known.get(name), value.strip()) for name, value in pairs if name and value.strip()}


def _constant(spec: FieldSpec | None, value: str) -> Any:
    return {"name": value} if spec is not None and isinstance(spec.kind, Reference) else value


def read_target(post: QueryDict, index: int, known: Mapping[str, FieldSpec], old: Mapping[str, Any]) -> Any:
    """Where one column goes: a field's name, or that with what is done about its values."""
    name = post.get(f"target_{index}", "")
    if not name:
        return None
    if name == import_fields.FRESH:
        return import_fields.read(post, index, old)
    spec = known.get(name)
    made: dict[str, Any] = dict(old) if old.get("field") == name else {}
    made["field"] = name
    empty = post.get("empty", "keep")
    made |= {"empty": empty} if empty == "clear" else {}
    if empty == "keep" and made.get("empty") == "clear":
        del made["empty"]
    if name == version.NAME and spec is None:
        return name
    if spec is None:
        return made
    if isinstance(spec.kind, Choice):
        _read_choice(post, index, made)
    elif isinstance(spec.kind, Reference | AnyReference):
        made["missing"] = post.get(f"missing_{index}", made.get("missing", "refuse"))
    elif isinstance(spec.kind, Money):
        made["currency"] = post.get(f"currency_{index}", made.get("currency", ""))
    made = {word: value for word, value in made.items() if value not in ("", {}, None)}
    return name if set(made) == {"field"} else made


def _read_choice(post: QueryDict, index: int, made: dict[str, Any]) -> None:
    if f"unknown_{index}" in post:
        made["unknown"] = post[f"unknown_{index}"]
    said, meant = post.getlist(f"said_{index}"), post.getlist(f"meant_{index}")
    values = dict(made.get("values") or {})
    for one, key in zip(said, meant, strict=False):
        values.pop(one, None)
        if key:
            values[one] = key
    made["values"] = values
