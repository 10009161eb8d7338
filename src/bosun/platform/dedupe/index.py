"""Keys kept beside the records, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel import bulk
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.dedupe import keys
from bosun.platform.dedupe.models import Key

CHUNK = 500


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """Keep the keys in step with what the door wrote; a projection."""
    entity = drafts[0].entity
    if not entity.same:
        return
    telling = set(entity.same)
    touched = [draft for draft in drafts if draft.verb in ("removed", "restored") or telling & draft.diff.keys()]
    forget(entity.key, [draft.id for draft in touched if draft.verb != "created"])
    known = entity.specs()
    made = []
    for draft in touched:
        if draft.verb == "removed" or draft.record.deleted_at is not None:
            continue
        values = {name: known[name].get(draft.record) for name in entity.same}
        held = keys.forms(entity, values.get, known)
        made += [(entity.key, field, form, draft.id) for field, form in held]
    bulk.insert(Key, ("entity", "field", "key", "record_id"), made)


def forget(key: str, pks: Sequence[int]) -> None:
    """Drop the keys of records; a purger."""
    for start in range(0, len(pks), CHUNK):
        Key.objects.filter(entity=key, record_id__in=pks[start : start + CHUNK]).delete()
