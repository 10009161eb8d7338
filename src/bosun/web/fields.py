"""Fields of forms: what an input shows, and what a posted form means, by the name of the widget."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from babel.numbers import get_decimal_symbol
from django.http import HttpRequest, QueryDict

from bosun.kernel import records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import AnyReference, Kind, Reference
from bosun.kernel.specs import FieldSpec
from bosun.lib import locales, numbers
from bosun.platform import doubts
from bosun.platform.files import keeping
from bosun.platform.files.keeping import Refused
from bosun.web.present import currencies, is_person, options_of, shape

Reader = Callable[[QueryDict, str], Any]


# what a form posted ----------------------------------------------------------------------------------------------


def _one(post: QueryDict, name: str) -> Any:
    return post.get(name, "")


def _many(post: QueryDict, name: str) -> Any:
    return [each for each in post.getlist(name) if each.strip()]


def _tick(post: QueryDict, name: str) -> Any:
    return name in post


def _money(post: QueryDict, name: str) -> Any:
    amount = post.get(name, "").strip()
    return {"amount": amount, "currency": post.get(f"{name}_currency", "")} if amount else None


def _id(post: QueryDict, name: str) -> Any:
    raw = post.get(name, "").strip()
    return {"id": raw} if raw.isascii() and raw.isdigit() else raw


READERS: dict[str, Reader] = {
    "checkbox": _tick,
    "multichoice": _many,
    "tags": _many,
    "refs": _many,
    "phones": _many,
    "money": _money,
    "ref": _id,
}
SILENT_WHEN_EMPTY = frozenset(("tags", "refs", "phones", "multichoice", "checkbox"))
"""Widgets that post nothing when they are empty."""


def posted(post: QueryDict, name: str, kind: Kind, whole: bool) -> bool:
    """True when a form spoke of this field. `whole`: the form held it, so that silence means empty."""
    if name in post or f"{name}_shown" in post:
        return True
    return whole and kind.widget in SILENT_WHEN_EMPTY and kind.widget not in ("checkbox", "multichoice")


def taken(request: HttpRequest, specs: Mapping[str, FieldSpec], env: Env) -> QueryDict:
    """What a form posted, its files read into the store: a ticket stands for each, and survives a form that is refused.

    A file that was neither chosen nor taken away is not spoken of.
    """
    names = [name for name, spec in specs.items() if spec.kind.widget == "file" and spec.writable]
    if not names:
        return request.POST
    post: Any = request.POST.copy()
    for name in names:
        if name in request.FILES:
            post[name] = _ticket(request.FILES[name], env)
        elif f"{name}_clear" in post:
            post[name] = ""
        else:
            # An input in which nothing is chosen posts an empty text behind the ticket.
            post.setlist(name, [each for each in post.getlist(name) if each][-1:])
            if not post.getlist(name):
                del post[name]
    return post  # type: ignore[no-any-return]


def _ticket(file: Any, env: Env) -> str | Refused:
    try:
        return keeping.ticket(keeping.keep(file, file.name or ""), env.actor)
    except Invalid as error:
        return Refused(error.title)


def read(post: QueryDict, specs: Mapping[str, FieldSpec], whole: bool = True) -> dict[str, Any]:
    """The raw values of a form, for the door."""
    return {
        name: read_one(post, name, spec.kind)
        for name, spec in specs.items()
        if posted(post, name, spec.kind, whole and not spec.shown_when)
    }


def read_one(post: QueryDict, name: str, kind: Kind) -> Any:
    """The raw value of one field."""
    return READERS.get(kind.widget, _one)(post, name)


# what an input shows ---------------------------------------------------------------------------------------------


def _show_text(kind: Any, value: Any, env: Env) -> Any:
    return kind.form(value, env)


def _show_money(kind: Any, value: Any, env: Env) -> Any:
    if value is None:
        return {"amount": ""}
    mark = get_decimal_symbol(locales.find(env.language))  # what is shown is read back as people write it
    return {"amount": value.amount_text.replace(".", mark), "currency": value.currency}


def _show_ref(kind: Any, value: Any, env: Env) -> Any:
    card = env.refs.card(kind.model, value) if value is not None else None
    return {**card, "person": is_person(kind.model)} if card else None


def _show_refs(kind: Any, value: Any, env: Env) -> Any:
    return [card for pk in value or () if (card := env.refs.card(kind.model, pk))]


def _show_any(kind: Any, value: Any, env: Env) -> Any:
    entity = registry.find(value.entity) if value is not None else None
    card = env.refs.card(entity.model, value.id) if entity else None
    return {**card, "id": f"{value.entity}:{value.id}"} if card else None


def _show_list(kind: Any, value: Any, env: Env) -> Any:
    return list(value or ())


def structure(value: Any) -> str:
    """JSON as it is read by people."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


def _show_structure(kind: Any, value: Any, env: Env) -> Any:
    return "" if value is None else structure(value)


def _show_file(kind: Any, value: Any, env: Env, raw: Any = ...) -> Any:
    """What is there and what was chosen; a file that was refused is told of, a removal stays ticked."""
    found = {"name": "", "url": ""} if value is None else {"name": value.name, "url": kind.link(value)}
    if raw is ... or isinstance(raw, Refused):
        return found
    try:
        return {"name": keeping.of_ticket(raw, env.actor).name, "ticket": raw} if raw else {**found, "cleared": True}
    except Invalid:
        return found


INPUTS: dict[str, Callable[[Any, Any, Env], Any]] = {
    "money": _show_money,
    "ref": _show_ref,
    "refs": _show_refs,
    "anyref": _show_any,
    "phones": _show_list,
    "tags": _show_list,
    "checkbox": lambda kind, value, env: bool(value),
    "json": _show_structure,
    "file": _show_file,
}


def typed(kind: Any, raw: Any, env: Env, value: Any = None) -> Any:
    """What an input shows again after a refusal: what was typed, and the name of what was picked."""
    if kind.widget == "file":
        return _show_file(kind, value, env, raw)
    if kind.widget == "ref":
        try:
            return _show_ref(kind, int(raw["id"] if isinstance(raw, dict) else raw), env)
        except (TypeError, ValueError, KeyError):
            return None
    if kind.widget == "anyref":
        key, _colon, rest = str(raw or "").partition(":")
        entity = registry.find(key)
        card = env.refs.card(entity.model, int(rest)) if entity and numbers.is_id(rest) else None
        return {**card, "id": raw} if card else None
    return raw


def field(
    name: str,
    label: Any,
    kind: Any,
    env: Env,
    value: Any = None,
    *,
    raw: Any = ...,
    errors: list[str] | None = None,
    required: bool = False,
    help_text: Any = "",
    prefix: str = "id",
) -> dict[str, Any]:
    """One field in the shape of the widget templates. `raw` is what was typed, where that was refused."""
    shown = INPUTS.get(kind.widget, _show_text)(kind, value, env) if raw is ... else typed(kind, raw, env, value)
    if isinstance(raw, Refused):
        errors = errors or [raw.message]
    held = shown if isinstance(shown, list) else [shown]
    found: dict[str, Any] = {
        "name": name,
        "id": f"{prefix}_{name}",
        "label": str(label),
        "kind": WIDGETS.get(kind.widget, kind.widget),
        "value": None,
        "raw": shown,
        "errors": errors or [],
        "required": required,
        "help": str(help_text or ""),
        "max_length": getattr(kind, "max_length", None),
    }
    if kind.choices(env) is not None:
        found["options"] = options_of(kind, env, held if kind.widget in ("choice", "multichoice") else ())
    if isinstance(kind, Reference):
        found["pick_url"] = getattr(kind, "picker", "") or f"/{registry.of(kind.model).key}/pick"
        found["closed"] = True
    if isinstance(kind, AnyReference):
        found["pick_url"] = "/pick"
    if kind.widget == "money":
        currency = shown.get("currency", "") if isinstance(shown, dict) else ""
        found["currencies"] = currencies(env, currency)
    return found


WIDGETS = {"refs": "tags", "state": "choice"}
"""Widgets that are drawn by the template of another."""


NEAR = 200


def near(tree: Mapping[str, Any], entity: Entity, env: Env) -> Mapping[str, Any]:
    """A condition that a form can test by itself: what lies behind a reference becomes a list of its records."""
    if "field" not in tree:
        return {mode: [near(item, entity, env) for item in items] for mode, items in tree.items()}
    name, _dot, rest = str(tree["field"]).partition(".")
    spec = entity.specs().get(name)
    if not rest or spec is None or not isinstance(spec.kind, Reference):
        return tree
    behind = {**tree, "field": rest}
    found = records.query(registry.of(spec.kind.model), env.actor, env).filter(behind).page(limit=NEAR).items
    return {"field": name, "op": "in", "value": [str(row.pk) for row in found]}


def spec_field(spec: FieldSpec, entity: Entity, env: Env, value: Any = None, **how: Any) -> dict[str, Any]:
    """The field of a spec."""
    made = field(spec.name, spec.label, spec.kind, env, value, required=spec.required, help_text=spec.help, **how)
    if spec.kind.widget == "tags":
        made["pick_url"] = f"/{entity.key}/words?field={spec.name}"
        made["closed"] = False
    if spec.shown_when:
        made["shown_when_json"] = json.dumps(near(spec.shown_when, entity, env), ensure_ascii=False)
    if how.get("raw", ...) is ...:
        made["doubt"] = doubts.of(entity, spec, value, env)
    if not spec.writable:
        made["readonly"] = True
        made["value"] = shape(spec.kind, value, env)
    return made
