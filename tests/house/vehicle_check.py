"""Run inside a copy of Bosun to which a Vehicle was added: walks every surface and prints one JSON line of what it saw.

Not a test by itself; `test_one_declaration` starts it with its own BOSUN_HOME.
"""

from __future__ import annotations

import json
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from bosun.kernel import access, history, records, registry, stamps  # noqa: E402
from bosun.kernel.actor import Act, system_actor  # noqa: E402
from bosun.platform.accounts.models import User  # noqa: E402
from bosun.platform.accounts.services import make_token  # noqa: E402
from bosun.platform.org import actors  # noqa: E402
from bosun.platform.org.models import Role  # noqa: E402
from bosun.platform.search import services as search  # noqa: E402

SYSTEM = Act(system_actor(), "system")
KEY = "vehicles"


def person(name: str, role: int) -> Any:
    """Somebody who may sign in."""
    return records.create("users", {"name": name.title(), "username": name, "roles": [role]}, SYSTEM)


def main() -> None:
    """Walk the surfaces."""
    call_command("migrate", verbosity=0, interactive=False)
    stamps.refresh()
    ada = person("ada", Role.objects.get(administrator=True).pk)
    grants = {"customers": {"read": "own", "create": "own", "change": "own"}}
    rep = records.create("roles", {"name": "Rep of cars", "grants": grants}, SYSTEM)
    ann = person("ann", rep.pk)
    stamps.refresh()
    act = Act(actors.load(ada.pk) or SYSTEM.actor, "api")
    customer = records.create("customers", {"name": "Tidewater", "owner": ann.pk}, act)
    token, rep_token = make_token(ada), make_token(ann)
    api = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    rep_api = Client(headers={"authorization": f"Bearer {rep_token}"}, raise_request_exception=False)
    seen: dict[str, Any] = {}

    body = {"plate": "OK 1234", "customer": customer.pk, "fuel": "diesel", "bought": "2026-03-01"}
    body["price"] = {"amount": "25000.00", "currency": "EUR"}
    if "seats" in registry.get(KEY).specs():
        body["seats"] = 5
    made = api.post(f"/api/v1/{KEY}", json.dumps(body), "application/json")
    seen["api create"] = made.status_code
    pk = made.json()["id"]
    listed = api.get(f"/api/v1/{KEY}?sort=-price&limit=10").json()["items"]
    seen["api list"] = [(row["plate"], row["price"], row["customer"]["name"]) for row in listed]
    document = api.get("/api/v1/openapi.json").content.decode()
    seen["openapi"] = f"/{KEY}" in document and '"plate"' in document
    seen["openapi of a rep"] = f"/{KEY}" in rep_api.get("/api/v1/openapi.json").content.decode()
    seen["rights before"] = rep_api.get(f"/api/v1/{KEY}").status_code
    records.change(
        "roles", rep.pk, {"grants": {**grants, KEY: {"read": "own", "create": "own", "change": "own"}}}, SYSTEM
    )
    seen["rights after"] = [row["plate"] for row in rep_api.get(f"/api/v1/{KEY}").json()["items"]]

    seen |= pages(ada, pk) | records_of(act, pk, customer.pk, len(body))
    print(json.dumps(seen))


def pages(ada: Any, pk: int) -> dict[str, Any]:
    """List, form and record page as an administrator sees them."""
    seen: dict[str, Any] = {}
    web = Client(raise_request_exception=False)
    web.force_login(User.objects.get(person_id=ada.pk), backend="allauth.account.auth_backends.AuthenticationBackend")
    seen["list"] = "OK 1234" in web.get(f"/{KEY}").content.decode()
    seen["form"] = 'name="plate"' in web.get(f"/{KEY}/new").content.decode()
    seen["page"] = "OK 1234" in web.get(f"/{KEY}/{pk}").content.decode()
    return seen


def records_of(act: Act, pk: int, customer: int, width: int) -> dict[str, Any]:
    """Search, history, bin, and what a follow-up does to the customer."""
    seen: dict[str, Any] = {}
    stamps.refresh()
    env = records.environment(act.actor)
    seen["search"] = [hit.title for hit in search.find("ok 12", env)]
    seen["search in the list"] = [str(row) for row in records.query(KEY, act.actor).search("1234").page().items]
    records.change(KEY, pk, {"fuel": "electric"}, act)
    past = history.of_record(registry.get(KEY), pk, records.environment(act.actor))
    seen["history"] = [(entry.verb, [line.spec.name for line in entry.lines][:1]) for entry in past]
    removal = records.remove_one(KEY, pk, act)
    seen["bin"] = [str(row) for row in records.restorable(registry.get(KEY), act.actor)]
    records.restore(removal.pk, act)
    about = {"entity": KEY, "id": pk}
    records.create("follow_ups", {"about": about, "type": "call", "note": "About the car"}, act)
    seen["last contact"] = records.get("customers", customer, act.actor).last_contact is not None
    seen["fields"] = list(access.specs(registry.get(KEY), act.actor))[:width]
    return seen


if __name__ == "__main__":
    main()
