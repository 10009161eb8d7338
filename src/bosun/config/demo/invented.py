"""What users invented in the small world of the tests: vehicles of customers, and samples of every kind of field."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from bosun.kernel import records
from bosun.kernel.actor import Act, system_actor
from bosun.platform.customize import kindlist, objectservices, services

SYSTEM = Act(system_actor(), "system", cause="fixture")
VEHICLES, SAMPLES = "x_vehicles", "x_samples"
FUELS = ("Diesel", "Petrol", "Electric")
HIDDEN = {
    VEHICLES: {"x_chassis": "none"},
    SAMPLES: {"x_closed": "none", "x_paper": "none"},
    "customers": {"x_hint": "none", "x_deed": "none"},
}
"""Fields that are closed to reps."""
SETTINGS: dict[str, dict[str, Any]] = {"number": {"digits": 2}, "ref": {"target": "customers"}}


def declare() -> None:
    """Two objects with their fields, and a field on customers."""
    said = {"key": VEHICLES, "name": "Vehicle", "plural": "Vehicles", "title_label": "Number plate", "icon": "truck"}
    objectservices.add_object(said, SYSTEM)
    for name, label, kind, settings in (
        ("x_customer", "Customer", "ref", {"target": "customers"}),
        ("x_seats", "Seats", "number", {}),
        ("x_price", "Price", "money", {}),
        ("x_bought", "Bought", "date", {}),
        ("x_fuel", "Fuel", "choice", {}),
        ("x_note", "Note", "text", {}),
        ("x_chassis", "Chassis", "text", {}),
    ):
        _field(VEHICLES, name, label, kind, settings)
    objectservices.add_object({"key": SAMPLES, "name": "Sample", "plural": "Samples"}, SYSTEM)
    for kind, words in kindlist.LABELS.items():
        if kind not in kindlist.COMPUTED:
            _field(SAMPLES, f"x_{kind}", str(words), kind, SETTINGS.get(kind, {}))
    _field(SAMPLES, "x_closed", "Closed", "number", {})
    _field(SAMPLES, "x_paper", "Paper", "file", {})
    _field(SAMPLES, "x_worked_out", "Worked out", "formula", {"formula": "x_number * 2", "gives": "number"})
    _field(SAMPLES, "x_from_closed", "From closed", "formula", {"formula": "x_closed + 0", "gives": "number"})
    _field("customers", "x_vehicles", "Vehicles", "rollup", {"source": "x_vehicles.x_customer", "how": "count"})
    rolled = {"source": "x_samples.x_ref", "how": "max", "of": "x_samples.x_closed"}
    _field("customers", "x_top", "Highest closed", "rollup", rolled)
    _field("customers", "x_hint", "Hint", "text", {})
    _field("customers", "x_deed", "Deed", "file", {})


def _field(key: str, name: str, label: str, kind: str, settings: dict[str, Any]) -> None:
    raw = {"name": name, "label": label, "kind": kind, "settings": settings}
    services.add_field(records.entity_of(key), raw, SYSTEM, FUELS)


def vehicle(who: int, customer: int) -> tuple[int, dict[str, str]]:
    """A vehicle of a customer; its id, and the canaries in it by field."""
    said = {name: canary() for name in ("name", "x_note", "x_chassis")}
    raw: dict[str, Any] = {
        **said, "owner": who, "x_customer": customer, "x_seats": 5, "x_bought": "2026-03-01", "x_fuel": "diesel",
        "x_price": {"amount": "25000.00", "currency": "EUR"},
    }  # fmt: skip
    return int(records.create(VEHICLES, raw, SYSTEM).pk), said


def sample(who: int, customer: int) -> tuple[int, dict[str, str]]:
    """A record with a value of every kind; its id, and the canaries in it by field."""
    word = canary()
    limit = f"{secrets.randbelow(9 * 10**8) + 10**8}"
    said = {"x_text": word, "x_longtext": canary(), "x_tags": canary(), "x_closed": limit, "x_secret": canary()}
    said |= {"x_file": canary(), "x_paper": canary()}
    raw: dict[str, Any] = {
        **said, "name": "Sample", "owner": who, "x_tags": [said["x_tags"]], "x_number": "12.50", "x_boolean": True,
        "x_money": {"amount": "12.50", "currency": "EUR"}, "x_date": "2026-11-30", "x_datetime": "2026-11-30T09:30:00Z",
        "x_choice": "diesel", "x_multichoice": ["diesel", "petrol"], "x_ref": customer, "x_phones": ["+34612345678"],
        "x_email": f"{word.lower()}@example.com", "x_url": f"https://{word.lower()}.example.com/",
        "x_file": file(said["x_file"]), "x_paper": file(said["x_paper"]),
    }  # fmt: skip
    return int(records.create(SAMPLES, raw, SYSTEM).pk), said


def file(text: str) -> dict[str, str]:
    """A file whose name and content are a canary, as programs send it."""
    return {"name": f"{text}.txt", "content": base64.b64encode(text.encode()).decode()}


def canary() -> str:
    """A string that stands nowhere else."""
    return f"CNRY-{secrets.token_hex(6)}"
