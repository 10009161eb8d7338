"""What the roles that ship may do with follow-ups."""

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
