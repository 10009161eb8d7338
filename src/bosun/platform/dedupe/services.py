"""Who is the same as what is being typed, cut to what the person may know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Q

from bosun.kernel import access
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform.dedupe import keys, limits
from bosun.platform.dedupe.keys import Form
from bosun.platform.dedupe.models import Key

MOST = 20


@dataclass(frozen=True)
class Match:
    """A record that is the same by some field. Of one that is not open only the name of who holds it is told."""

    entity: str
    id: int | None
    title: str
    fields: tuple[str, ...]
    owner: str


def likely(entity: Entity, raw: Mapping[str, Any], env: Env, exclude: int | None = None) -> list[Match]:
    """Likely duplicates of what is being typed; nothing for somebody who looks for too many things in a minute."""
    forms = typed_forms(entity, raw, env)
    if not forms or not limits.allows(entity, forms, env.actor):
        return []
    found = held(entity, forms)
    found.pop(exclude or 0, None)
    return describe(entity, found, env)


def typed_forms(entity: Entity, raw: Mapping[str, Any], env: Env) -> list[Form]:
    """The normal forms of raw values; what cannot be read yet is left out."""
    known = access.specs(entity, env.actor)
    loose = replace(env, strict=False)
    values: dict[str, Any] = {}
    for name in entity.same:
        if name in known and raw.get(name) not in (None, "", [], ()):
            try:
                values[name] = known[name].kind.parse(raw[name], loose)
            except Invalid:
                continue
    return keys.forms(entity, values.get, known)


def held(entity: Entity, forms: Sequence[Form]) -> dict[int, list[Form]]:
    """Live records that have one of these forms, with those they have."""
    by_field: dict[str, set[str]] = {}
    for field, form in forms:
        by_field.setdefault(field, set()).add(form)
    if not by_field:
        return {}
    # The entity in each part: so every part goes by the index.
    asked = (Q(entity=entity.key, field=field, key__in=wanted) for field, wanted in by_field.items())
    rows = Key.objects.filter(Q(*asked, _connector=Q.OR)).values_list("field", "record_id", "key")
    place = {field: number for number, field in enumerate(by_field)}
    found: dict[int, list[Form]] = {}
    # Ordered here and not by SQLite, which for the sake of an order would read every form there is.
    for field, pk, form in sorted(rows, key=lambda row: (place[row[0]], *row[1:])):
        found.setdefault(pk, []).append((field, form))
    return found


def describe(entity: Entity, found: Mapping[int, Sequence[Form]], env: Env) -> list[Match]:
    """What the person may know: open records first, then who holds the others, each holder once."""
    ids = sorted(found)[: MOST * 5]
    title = entity.title_spec
    titled = title is not None and title.name in access.specs(entity, env.actor)
    seen = {row.pk: row for row in access.visible(entity, env.actor, few=True).filter(pk__in=ids)[:MOST]}
    matches = []
    for pk, row in seen.items():
        fields = tuple(dict.fromkeys(field for field, _form in found[pk]))
        name = str(title.get(row) or "") if titled and title is not None else ""
        matches.append(Match(entity.key, pk, name or f"{entity.label} {pk}", fields, ""))
    live = entity.model._default_manager.filter(pk__in=[pk for pk in ids if pk not in seen], deleted_at__isnull=True)
    if not entity.owned:
        return [*matches, *([Match(entity.key, None, "", (), "")] if live.exists() else [])]
    people = apps.get_model(settings.BOSUN_PERSON_MODEL)._default_manager
    holders = set(live.values_list("owner_id", flat=True)[: MOST * 5])
    named = dict(people.filter(pk__in=holders - {None}).values_list("pk", "name"))
    return [
        *matches,
        *(Match(entity.key, None, "", (), name) for name in sorted({named.get(pk, "") for pk in holders})),
    ]
