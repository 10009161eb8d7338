"""What the roles that ship may do with customers and contacts."""

from __future__ import annotations

from bosun.platform.org.shipped import grant, scopes

EVERYTHING = "read create change remove export import"

CUSTOMERS = {
    "rep": scopes("own", EVERYTHING),
    "manager": scopes("below", f"{EVERYTHING} transfer"),
    "marketing": scopes("all", "read create change export import"),
    "service": scopes("all", "read change"),
    "finance": scopes("all", "read change export"),
    "reader": scopes("all", "read"),
}
CONTACTS = {
    "rep": scopes("own", EVERYTHING),
    "manager": scopes("below", EVERYTHING),
    "marketing": scopes("all", "read create change export import"),
    "service": scopes("all", "read create change"),
    "finance": scopes("all", "read"),
    "reader": scopes("all", "read"),
}
NO_ID = {"id_no": "none"}
NO_LIMIT = {"credit_limit": "none"}

grant("customers", CUSTOMERS, {"rep": {"credit_limit": "read"}, "marketing": NO_LIMIT, "service": NO_LIMIT})
grant("contacts", CONTACTS, dict.fromkeys(("rep", "marketing", "service", "reader"), NO_ID))
