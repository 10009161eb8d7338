"""Why the door refused a row, in sentences beside its fields; of a conflict both values."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.kernel import access, records
from bosun.kernel.actor import Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Clash, Conflict, FieldError, Invalid

SHOWN = 200


def reasons(draft: Draft, actor: Actor) -> list[FieldError]:
    """What stands against a draft; nothing where it went through."""
    if isinstance(draft.failure, Conflict):
        return [FieldError(clash.field, both(draft.entity, clash, actor)) for clash in draft.failure.clashes]
    if isinstance(draft.failure, Invalid):
        return draft.failure.errors
    return [] if draft.failure is None else [FieldError("", draft.failure.title)]


def both(entity: Entity, clash: Clash, actor: Actor) -> str:
    """What stands in a field that somebody changed since the file was written, and what the file says."""
    env, spec = records.environment(actor), access.specs(entity, actor)[clash.field]
    for value in (clash.theirs, clash.yours):
        for model, pk in spec.kind.refers(value):
            env.refs.load(model, [pk])
    now, said = (spec.kind.text(value, env)[:SHOWN] or "–" for value in (clash.theirs, clash.yours))
    text = _("“%(field)s” was changed since this version: “%(now)s” stands there, the file says “%(said)s”.")
    return text % {"field": spec.label, "now": now, "said": said}
