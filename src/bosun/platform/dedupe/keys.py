"""Normal forms of the fields that an entity names as telling."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from bosun.kernel.entity import Entity
from bosun.kernel.specs import FieldSpec
from bosun.lib import text as texts

Form = tuple[str, str]
"""Field and normal form."""
_SHORTEST = 2
_BUCKETS = 1024


def forms(entity: Entity, value: Callable[[str], Any], known: Mapping[str, FieldSpec]) -> list[Form]:
    """The normal forms of one record's telling fields, as far as these are known to the reader."""
    found: dict[Form, None] = {}
    for name in entity.same:
        if name in known:
            for form in forms_of(known[name], value(name)):
                found[name, form[:200]] = None
    return list(found)


def forms_of(spec: FieldSpec, value: Any) -> list[str]:
    """The normal forms of one value: a name without its legal form, a number without its blanks."""
    if value is None:
        return []
    if spec.title:
        made = [texts.company_key(str(value))]
    else:
        made = spec.kind.normal(value)
        if not made and isinstance(value, str):
            made = ["".join(char for char in texts.fold(value) if char.isalnum())]
    return [form for form in made if len(form) >= _SHORTEST]


def bucket(entity: str, form: Form) -> int:
    """A number under which writers of the same form wait for each other. Few numbers, as PostgreSQL has few locks."""
    digest = hashlib.sha256("\0".join((entity, *form)).encode()).digest()
    # The upper half keeps these locks apart from any that somebody else takes.
    return (0x62647570 << 32) + int.from_bytes(digest[:4], "big") % _BUCKETS
