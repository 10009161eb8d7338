"""A rule that fails again and again is switched off, and its owner is told: silence would be worse."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act, system_actor
from bosun.platform.automation.models import FAILED, Run
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.reminders import services

IN_A_ROW = 20


def look(rule: Compiled) -> None:
    """Switch a rule off when its last runs have all failed."""
    last = list(Run.objects.filter(rule_id=rule.id).order_by("-id").values_list("state", flat=True)[:IN_A_ROW])
    if len(last) < IN_A_ROW or any(state != FAILED for state in last):
        return
    records.change("rules", rule.id, {"enabled": False}, Act(system_actor(), "system", cause="failed too often"))
    message = _("Your rule “%(rule)s” failed %(count)s times in a row and was switched off.")
    text = message % {"rule": rule.row.name, "count": IN_A_ROW}
    if rule.row.owner_id:
        services.tell(rule.row.owner_id, f"rule:{rule.id}:off:{rule.row.version}", text, "rules", rule.id, rule.env.now)
