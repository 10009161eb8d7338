"""Notes and memos are one's own, whatever one's role."""

from __future__ import annotations

from bosun.platform.org.shipped import ROLES, grant, scopes

for _entity in ("notepad_notes", "memos"):
    grant(_entity, {role: scopes("own", "read create change remove export import") for role in ROLES})
