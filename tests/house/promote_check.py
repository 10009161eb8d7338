"""Run inside a copy of Bosun: `invent` makes vehicles, `look` prints what every surface says of them.

Not a test by itself; `test_promote` starts it with its own BOSUN_HOME.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from bosun.kernel import history, records, registry, stamps  # noqa: E402
from bosun.kernel.actor import Act, system_actor  # noqa: E402
from bosun.platform.accounts.services import make_token  # noqa: E402
from bosun.platform.customize import objectservices, services  # noqa: E402
from bosun.platform.customize.models import CustomField  # noqa: E402
from bosun.platform.org.models import Person, Role  # noqa: E402
from bosun.platform.search import services as search  # noqa: E402

SYSTEM = Act(system_actor(), "system")
KEY = "x_vehicles"
FIELDS: dict[str, dict[str, Any]] = {
    "x_customer": {"kind": "ref", "settings": {"target": "customers"}},
    "x_seats": {"kind": "number"},
    "x_price": {"kind": "money"},
    "x_bought": {"kind": "date"},
    "x_checked": {"kind": "datetime"},
    "x_fuel": {"kind": "choice"},
    "x_note": {"kind": "text", "required": True},
    "x_tags": {"kind": "tags"},
    "x_double": {"kind": "formula", "settings": {"formula": "x_seats * 2"}},
}


def invent() -> None:
    """A kind of record, and one of it that was changed once."""
    admin = Role.objects.get(administrator=True).pk
    ada = records.create("users", {"name": "Ada", "username": "ada", "roles": [admin]}, SYSTEM)
    customer = records.create("customers", {"name": "Tidewater", "owner": ada.pk}, SYSTEM)
    objectservices.add_object({"key": KEY, "name": "Vehicle", "plural": "Vehicles", "title_label": "Plate"}, SYSTEM)
    for name, how in FIELDS.items():
        services.add_field(records.entity_of(KEY), {"name": name, "label": name, **how}, SYSTEM, ["Diesel", "Petrol"])
    raw = {
        "name": "OK 1234", "owner": ada.pk, "external_id": "V1", "x_customer": customer.pk, "x_seats": 5,
        "x_price": {"amount": "25000.00", "currency": "EUR"}, "x_bought": "2026-03-01", "x_fuel": "diesel",
        "x_checked": "2026-03-02T09:30:00Z", "x_note": "Tow bar", "x_tags": ["fair"],
    }  # fmt: skip
    made = records.create(KEY, raw, SYSTEM)
    records.change(KEY, made.pk, {"x_fuel": "petrol"}, SYSTEM)
    gone = records.create(KEY, {"name": "Gone", "x_note": "Scrapped"}, SYSTEM)
    records.remove_one(KEY, gone.pk, SYSTEM)


def look() -> dict[str, Any]:
    """What the surfaces say."""
    stamps.refresh()
    actor = system_actor()
    env = records.environment(actor)
    token = make_token(Person.objects.get(username="ada"))
    api = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    rows = api.get(f"/api/v1/{KEY}").json()["items"]
    entity = registry.get(KEY)
    past = [
        (entry.verb, sorted(line.spec.name for line in entry.lines))
        for entry in history.of_record(entity, rows[0]["id"], env)
    ]
    fields = list(CustomField.objects.filter(entity=KEY).values_list("name", flat=True))
    return {
        "rows": rows,
        "history": past,
        "search": [hit.title for hit in search.find("tow", env)],
        "bin": [str(row) for row in records.restorable(entity, actor)],
        "tagged": records.query(KEY, actor).filter({"field": "x_tags", "op": "is", "value": "fair"}).count(),
        "of customer": records.query(KEY, actor).filter({"field": "x_customer.name", "op": "filled"}).count(),
        "doubled": records.query(KEY, actor).sums(["x_double"]),
        "invented": bool(entity.extras.get("invented")),
        "left": fields if len(fields) < len(FIELDS) else len(fields),
    }


def main() -> None:
    """One step."""
    call_command("migrate", verbosity=0, interactive=False)
    stamps.refresh()
    if sys.argv[1] == "invent":
        invent()
    print(json.dumps(look(), default=str))


if __name__ == "__main__":
    main()
