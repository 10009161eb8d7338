"""What rules cost: a save and a batch with none, ten and fifty of them switched on, of which none matches.

Run as a program of its own, it prints the figures. Its rules are removed again; its customers stay.
"""

from __future__ import annotations

import json
import time
from statistics import median
from typing import Any

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.platform.org import actors
from bosun.platform.org.models import Person

COUNTS = (0, 10, 50)
ROUNDS, SAVES, BATCH = 5, 100, 500
SURE = frozenset(("duplicate",))


def measured() -> dict[str, dict[str, float]]:
    """Milliseconds of processor time of a save, and rows a second of a batch, by the number of rules.

    The numbers take turns, so that whatever else the machine does falls on each of them alike.
    """
    people = {name: actor_of(name) for name in ("ann", "admin")}
    saves: dict[int, list[float]] = {count: [] for count in COUNTS}
    rows: dict[int, list[float]] = {count: [] for count in COUNTS}
    for _round in range(ROUNDS):
        for count in COUNTS:
            made = [make(number, people["admin"]) for number in range(count)]
            stamps.refresh()
            saves[count].append(of_save(people["ann"]))
            rows[count].append(of_batch(people["ann"]))
            for pk in made:
                records.remove_one("rules", pk, Act(people["admin"], "command"))
            stamps.refresh()
    return {
        "save_ms": {str(count): median(found) for count, found in saves.items()},
        "rows_per_second": {str(count): median(found) for count, found in rows.items()},
    }


def actor_of(name: str) -> Actor:
    """Somebody of the company that is measured."""
    stamps.refresh()
    found = actors.load(Person.objects.get(username=name).pk)
    if found is None:
        raise SystemExit(f"there is no {name}")
    return found


def make(number: int, admin: Actor) -> int:
    """A rule that never matches, and of which half need a look at three fields."""
    looks = [
        {"field": "industry", "op": "is", "value": "it"},
        {"field": "staff", "op": "gt", "value": 9_000_000 + number},
        {"field": "name", "op": "contains", "value": f"zzz{number}"},
    ]
    changes = [{"field": "grade", "op": "changed_to", "value": "D"}, looks[1]]
    raw = {
        "name": f"Bench {number}",
        "event": "customers.saved",
        "when": {"all": looks if number % 2 else changes},
        "do": [{"action": "set", "field": "grade", "value": "A"}],
        "enabled": True,
    }
    return int(records.create("rules", raw, Act(admin, "command")).pk)


def of_save(actor: Actor) -> float:
    """Milliseconds of processor time for one change of one field."""
    act = Act(actor, "api", confirm=SURE)
    pk = records.create("customers", {"name": f"Ruled {time.time_ns()}", "staff": 1}, act).pk
    records.change("customers", pk, {"staff": 2}, act)
    began = time.process_time()
    for number in range(SAVES):
        records.change("customers", pk, {"staff": number + 10}, act)
    return (time.process_time() - began) / SAVES * 1000


def of_batch(actor: Actor) -> float:
    """Rows a second of processor time, as an import writes them."""
    stem = time.time_ns()
    raws: list[dict[str, Any]] = [
        {"name": f"Ruled {stem} {number}", "staff": number, "industry": "it" if number % 2 else "food"}
        for number in range(BATCH)
    ]
    drafts = [Draft(registry.get("customers"), raw, verb="created") for raw in raws]
    began = time.process_time()
    records.save(drafts, Act(actor, "import", confirm=SURE))
    return BATCH / (time.process_time() - began)


if __name__ == "__main__":
    print(json.dumps(measured()))
