"""Before a record is made that is there already by name, number or address, whoever makes it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection
from django.utils.translation import gettext as _

from bosun.kernel import access
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, guard
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from bosun.platform.dedupe import keys, limits, services
from bosun.platform.dedupe.keys import Form
from bosun.platform.dedupe.services import Match

CONFIRM = "duplicate"
ASKED = frozenset(("form", "inline", "api", "bulk", "verb"))
"""Doors behind which somebody can answer. Imports look for duplicates in their own way."""


def ask(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Object to drafts that are the same as a live record, or as an earlier draft of their batch."""
    entity = drafts[0].entity if drafts else None
    if entity is None or not entity.same or act.door not in ASKED or CONFIRM in act.confirm:
        return
    known = access.specs(entity, act.actor)
    made = [(draft, keys.forms(entity, draft.values.get, known)) for draft in drafts]
    everything = [form for _draft, forms in made for form in forms]
    if not everything:
        return
    _wait_for_others(entity.key, everything)
    held = services.held(entity, everything)
    earlier: set[Form] = set()
    for draft, forms in made:
        mine = set(forms)
        same = {pk: shared for pk, theirs in held.items() if (shared := [form for form in theirs if form in mine])}
        if same:
            _object(draft, same, env)
        elif mine & earlier:
            draft.object(Objection(CONFIRM, _("The same record stands in this batch already."), CONFIRM))
        earlier |= mine


def _wait_for_others(entity: str, forms: Sequence[Form]) -> None:
    """Let one writer of a form pass at a time, in one order; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return
    numbers = sorted({keys.bucket(entity, form) for form in forms})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [numbers])


def _object(draft: Draft, same: Mapping[int, Sequence[Form]], env: Env) -> None:
    matches = services.describe(draft.entity, same, env)
    hidden = [match for match in matches if match.id is None]
    if hidden and not limits.allows(draft.entity, [form for forms in same.values() for form in forms], env.actor):
        matches = [match for match in matches if match.id is not None]
    if not matches:
        return
    details = {
        "matches": [
            {"entity": match.entity, "id": match.id, "title": match.title, "owner": match.owner} for match in matches
        ]
    }
    draft.object(Objection(CONFIRM, reason(draft, matches[0]), CONFIRM, details))


def reason(draft: Draft, match: Match) -> str:
    """One sentence about a record that is the same."""
    if match.id is not None:
        labels = ", ".join(str(draft.entity.specs()[field].label) for field in match.fields)
        return _("“%(name)s” is there already with the same %(fields)s.") % {"name": match.title, "fields": labels}
    if match.owner:
        return _("This record is there already. %(owner)s has it; ask there, or an administrator.") % {
            "owner": match.owner
        }
    return _("This record is there already, and is not open to you. Ask an administrator.")


guard("*.created", ask)
