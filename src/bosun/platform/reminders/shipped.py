"""Reminders are one's own, whatever one's role."""

from __future__ import annotations

from bosun.platform.org.shipped import ROLES, grant, scopes

grant("reminders", {role: scopes("own", "read create change remove export import transfer") for role in ROLES})
