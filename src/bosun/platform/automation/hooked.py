"""Which run sent a message: known only when the act is over."""

from __future__ import annotations

from typing import Any

from bosun.platform.automation.models import Run
from bosun.platform.webhooks.models import Delivery

LOOKED = 20


def run_of(delivery: Delivery) -> dict[str, Any]:
    """The rule's name and the number of its run, for the message that it sent."""
    if delivery.rule_id is None or delivery.record_id is None:
        return {}
    runs = Run.objects.filter(entity=delivery.entity, record_id=delivery.record_id, rule_id=delivery.rule_id)
    for run in runs.select_related("rule").order_by("-id")[:LOOKED]:
        if any(result.get("delivery") == delivery.key for result in run.results):
            about = {"id": run.rule_id, "name": str(run.rule.name), "version": run.rule_version}
            return {"rule": about, "run": run.pk}
    return {}
