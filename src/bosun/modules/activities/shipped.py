"""What the roles that ship may do with follow-ups and tasks."""

from __future__ import annotations

from bosun.platform.org.shipped import grant, scopes

EVERYTHING = "read create change remove export import"

grant(
    "follow_ups",
    {
        "rep": scopes("own", EVERYTHING),
        "manager": scopes("below", EVERYTHING),
        "marketing": scopes("all", "read create change export"),
        "service": scopes("all", "read create change"),
        "finance": scopes("all", "read create change"),
        "reader": scopes("all", "read"),
    },
)

grant(
    "tasks",
    {
        "rep": scopes("own", f"{EVERYTHING} transfer"),
        "manager": scopes("below", f"{EVERYTHING} transfer"),
        "marketing": scopes("own", f"{EVERYTHING} transfer"),
        "service": scopes("own", f"{EVERYTHING} transfer"),
        "finance": scopes("own", f"{EVERYTHING} transfer"),
        "reader": scopes("all", "read"),
    },
)
