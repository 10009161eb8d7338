"""Reminders are one's own, whatever one's role; who leads others may remind them."""

from __future__ import annotations

from bosun.platform.org.shipped import ROLES, grant, scopes

OWN = scopes("own", "read create change remove export import transfer")

grant("reminders", {role: {**OWN, "assign": "below"} if role == "manager" else OWN for role in ROLES})
grant("occurrences", {role: scopes("own", "read change export") for role in ROLES})
