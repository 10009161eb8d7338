"""Ready-made rules: each module offers those of its records, and people use one by saying what is left open in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.kernel.kinds import Kind

OPEN = "$"
"""`{"$": "rep"}` stands for what is given for the parameter of that name, wherever it is in a rule."""


@dataclass(frozen=True)
class Param:
    """What is left open; its kind draws its input. `initial` is what it is unless somebody says otherwise."""

    name: str
    label: Any
    kind: Kind
    initial: Any = None
    required: bool = True


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


_offered: dict[str, Template] = {}


def offer(*templates: Template) -> None:
    """Put rules into the gallery."""
    for template in templates:
        _offered[template.key] = template


def templates() -> list[Template]:
    """The gallery, in its order."""
    return sorted(_offered.values(), key=lambda each: (each.order, each.key))


def use(key: str, given: Mapping[str, Any], act: Act) -> Any:
    """A rule made from a template, off until somebody has rehearsed it; Invalid names what is missing."""
    template = _offered.get(key)
    if template is None:
        raise NotFound()
    values = _values(template, given)
    raw = {
        "name": str(given.get("name") or template.name)[:120],
        "event": template.event,
        "when": _filled(template.when, values),
        "do": _filled(template.do, values),
        "enabled": False,
    }
    return records.create("rules", raw, act)


def _values(template: Template, given: Mapping[str, Any]) -> dict[str, Any]:
    known = {param.name for param in template.params} | {"name"}
    errors = [FieldError(str(name)[:80], _("This is not asked for here.")) for name in given if name not in known]
    values = {}
    for param in template.params:
        value = given.get(param.name)
        values[param.name] = param.initial if value in (None, "", []) else value
        if param.required and values[param.name] in (None, "", []):
            errors.append(FieldError(param.name, _("Fill in “%(field)s”.") % {"field": param.label}))
    if errors:
        raise Invalid(errors)
    return values


def _filled(part: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(part, Mapping):
        if set(part) == {OPEN}:
            return values[part[OPEN]]
        return {key: _filled(each, values) for key, each in part.items()}
    if isinstance(part, list | tuple):
        found: list[Any] = []
        for each in part:
            filled = _filled(each, values)
            spread = isinstance(each, Mapping) and set(each) == {OPEN} and isinstance(filled, list | tuple)
            found.extend(filled) if spread else found.append(filled)
        return found
    return str(part) if hasattr(part, "_proxy____args") else part
