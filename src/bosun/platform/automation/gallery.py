"""Ready-made rules: each module offers those of its records, and people use one by saying what is left open in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act, Actor
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.kernel.kinds import Kind

OPEN = "$"
"""`{"$": "rep"}` stands for what is given for the parameter of that name, wherever it is in a rule."""


@dataclass(frozen=True)
class Param:
    """What is left open; its kind draws its input, `help` says in words what to write there. `initial` is what it is
    unless somebody says otherwise."""

    name: str
    label: Any
    kind: Kind
    initial: Any = None
    required: bool = True
    help: Any = ""


@dataclass(frozen=True)
class Template:
    """A rule with parameters."""

    key: str
    name: Any
    says: Any
    event: str
    do: list[dict[str, Any]]
    when: Any = None
    params: tuple[Param, ...] = ()
    order: int = 100
    tests: Sequence[dict[str, Any]] = ()
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the rule."""


_offered: dict[str, Template] = {}
sources: list[Callable[[Actor], list[Template]]] = []
"""Where further templates come from, for each reader."""


def offer(*templates: Template) -> None:
    """Put rules into the gallery."""
    for template in templates:
        _offered[template.key] = template


def templates(actor: Actor | None = None) -> list[Template]:
    """The gallery in its order: what ships, and then what was saved here and is open to this reader."""
    shipped = sorted(_offered.values(), key=lambda each: (each.order, each.key))
    return [*shipped, *(each for source in sources if actor for each in source(actor))]


def use(key: str, given: Mapping[str, Any], act: Act) -> Any:
    """A rule made from a template, off until somebody has rehearsed it; Invalid names what is missing."""
    template = next((each for each in templates(act.actor) if each.key == key), None)
    if template is None:
        raise NotFound()
    values = _values(template, given)
    raw = {
        "name": str(given.get("name") or template.name)[:120],
        "event": values.get("event") or template.event,
        **filled(template.more, values),
        "when": filled(template.when, values),
        "do": filled(template.do, values),
        "tests": filled(template.tests, values),
        "enabled": False,
    }
    return records.create("rules", raw, act)


def _values(template: Template, given: Mapping[str, Any]) -> dict[str, Any]:
    known = {param.name for param in template.params} | {"name"}
    errors = [FieldError(str(name)[:80], _("This is not asked for here.")) for name in given if name not in known]
    values = {}
    for param in template.params:
        value = _plain(given.get(param.name))
        values[param.name] = param.initial if value in (None, "", []) else value
        if param.required and values[param.name] in (None, "", []):
            errors.append(FieldError(param.name, _("Fill in “%(field)s”.") % {"field": param.label}))
    if errors:
        raise Invalid(errors)
    return values


def _plain(value: Any) -> Any:
    """A record that was picked, as conditions and actions alike name it: by its id."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping) and set(value) == {"id"} and str(value["id"]).isdecimal():
        return int(value["id"])
    return value


def filled(part: Any, values: Mapping[str, Any]) -> Any:
    """A part of a rule with what was given in the place of its parameters."""
    if isinstance(part, Mapping):
        if set(part) == {OPEN}:
            return values[part[OPEN]]
        return {key: filled(each, values) for key, each in part.items()}
    if isinstance(part, list | tuple):
        found: list[Any] = []
        for each in part:
            value = filled(each, values)
            spread = isinstance(each, Mapping) and set(each) == {OPEN} and isinstance(value, list | tuple)
            found.extend(value) if spread else found.append(value)
        return found
    return str(part) if hasattr(part, "_proxy____args") else part
