"""What every company begins with: its settings, the role of the administrator, and the roles that ship."""

from __future__ import annotations

from typing import Any

from bosun.kernel import records, registry
from bosun.kernel.actor import Act, system_actor
from bosun.platform.org import shipped
from bosun.platform.org.models import Company, Role

ADMINISTRATOR = "Administrator"


def seed(**_kwargs: Any) -> None:
    """Make the company and the administrator's role where there are none."""
    act = Act(system_actor(), "system", cause="first start")
    if registry.find("company") is None:
        return
    if not Company.objects.exists():
        values = {"name": "Bosun", "currency": "EUR", "zone": "Europe/Madrid", "language": "en"}
        records.create("company", values, act)
    if not Role.objects.filter(administrator=True).exists():
        records.create("roles", {"name": ADMINISTRATOR, "administrator": True}, act)
    # Once, and only in a company that has made no roles of its own.
    if not Role.objects.filter(administrator=False).exists():
        for role in shipped.roles():
            records.create("roles", role, act)
