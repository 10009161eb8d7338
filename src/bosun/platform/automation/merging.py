"""Merge fields in texts: `{{customer.name}}` stands for what the field holds. Nothing else is understood.

No text of a user is ever compiled: names are looked up along the fields that both the rule's identity and the reader
may see, and put in as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, conditions
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.specs import FieldSpec

FIELD = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.]{0,120})\s*\}\}")
LONGEST = 2000
HIDDEN = "•••"


def check(text: str, entity: Entity, env: Env) -> str:
    """The same text, once every field in it is known to the rule's identity; Invalid otherwise."""
    if len(text) > LONGEST:
        raise Invalid(_("This text is too long."))
    for name in FIELD.findall(text):
        conditions.walk(entity, name, env)
    return text


def fill(text: str, entity: Entity, record: Any, env: Env, reader: Env | None = None) -> str:
    """The text with what the fields hold, as far as the identity and whoever reads it may see that."""

    def put(match: re.Match[str]) -> str:
        found = value(match[1], entity, record, env, sure=True)
        if found is None or (reader is not None and value(match[1], entity, record, reader) is None):
            return HIDDEN
        spec, held = found
        return spec.kind.text(held, reader or env)

    return FIELD.sub(put, text)


def value(name: str, entity: Entity, record: Any, env: Env, sure: bool = False) -> tuple[FieldSpec, Any] | None:
    """The field at the end of a path with its value; None where the way there is not open.

    `sure` says that the record itself is open, as one is on which a rule acts to the rule's identity.
    """
    try:
        path, entities = conditions.walk(entity, name, env)
    except Invalid:
        return None
    if not (sure or access.may_row(entity, env.actor, "read", record.pk)):
        return None
    for step, spec in enumerate(path[:-1]):
        pk = spec.get(record)
        if pk is None:
            return path[-1], None
        record = access.visible(entities[step + 1], env.actor).filter(pk=pk).first()
        if record is None:
            return None
    return path[-1], path[-1].get(record)


def raw(given: Any, entity: Entity, record: Any, env: Env) -> Any:
    """What is written into a field: a text that is one merge field gives its value, others are filled in."""
    if not isinstance(given, str):
        return given
    whole = FIELD.fullmatch(given.strip())
    if whole is None:
        return fill(given, entity, record, env) if FIELD.search(given) else given
    found = value(whole[1], entity, record, env, sure=True)
    return None if found is None or found[1] is None else found[0].kind.to_json(found[1], env)


def names(given: Any) -> Iterator[str]:
    """The merge fields in a value."""
    if isinstance(given, str):
        yield from FIELD.findall(given)
