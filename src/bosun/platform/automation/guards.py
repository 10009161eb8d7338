"""An invented field or object that rules speak of stays until they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act, Actor, FieldRight, Scope
from bosun.kernel.drafts import Draft, guard
from bosun.kernel.env import Env
from bosun.kernel.errors import DoorError, Objection
from bosun.platform.automation import rulebook
from bosun.platform.automation.models import Rule
from bosun.platform.customize.objectservices import named, users


@dataclass(frozen=True)
class _Without(Actor):
    """Somebody for whom one field is not there; without a name of a field, a whole entity."""

    missing: tuple[str, str] = ("", "")

    def field_right(self, entity: str, name: str) -> FieldRight:
        return FieldRight.NONE if (entity, name) == self.missing else super().field_right(entity, name)

    def scope(self, entity: str, action: str) -> Scope:
        return Scope.NONE if (entity, "") == self.missing else super().scope(entity, action)


def rules_with(entity: str, name: str) -> list[str]:
    """The names of the rules, on or off, that can be read, and could not be read without a field."""
    return [str(row.name) for row in Rule.objects.filter(deleted_at__isnull=True) if _needs(row, entity, name)]


def rules_about(key: str) -> str:
    """Which rules act on records of an entity, count them or make them, in a sentence; nothing where none does."""
    found = rules_with(key, "")
    return _("Rules use it: %(rules)s. Change or remove those first.") % {"rules": named(found)} if found else ""


def _needs(row: Any, entity: str, name: str) -> bool:
    if not name and row.event.rpartition(".")[0] == entity:
        return True
    rule = rulebook.compile_rule(row)
    if rule.broken:
        return False
    actor = rule.env.actor
    held = {each.name: getattr(actor, each.name) for each in fields(Actor)}
    try:
        rulebook.read(row, rule.entity, records.environment(_Without(**held, missing=(entity, name))))
    except DoorError:
        return True
    return False


def used_by_rules(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A guard: the field goes when no rule speaks of it."""
    said = _("Rules use this field: %(rules)s. Change or remove those first.")
    for draft in drafts:
        found = rules_with(draft.record.entity, draft.record.name)
        if found:
            draft.object(Objection("in_use", said % {"rules": ", ".join(f"“{each}”" for each in found)}))


guard("custom_fields.removed", used_by_rules)
users.append(rules_about)
