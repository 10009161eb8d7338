"""Subscriptions are one's own, whatever one's role."""

from __future__ import annotations

from bosun.platform.org.shipped import ROLES, grant, scopes

grant("subscriptions", {role: scopes("own", "read create change remove") for role in ROLES})
