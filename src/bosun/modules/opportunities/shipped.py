"""What the roles that ship may do with opportunities."""

from __future__ import annotations

from bosun.platform.org.shipped import grant, scopes

EVERYTHING = "read create change remove export import"
NO_COST = {"cost_price": "none"}

grant(
    "opportunities",
    {
        "rep": scopes("own", EVERYTHING),
        "manager": scopes("below", f"{EVERYTHING} transfer"),
        "marketing": scopes("all", "read export"),
        "service": scopes("all", "read"),
        "finance": scopes("all", "read export"),
        "reader": scopes("all", "read"),
    },
    dict.fromkeys(("rep", "marketing", "service", "reader"), NO_COST),
)
