"""What rules cost: a save and a batch with none, ten and fifty of them switched on; with some that match and write.

Run as a program of its own, it prints the figures. Its rules are removed again; its customers stay. With `on` it
switches fifty rules on that do not match, with `off` it removes them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.platform.org import actors
from bosun.platform.org.models import Person

COUNTS = (0, 10, 50)
ROUNDS, SAVES, BATCH = 3, 100, 500
SURE = frozenset(("duplicate",))
MATCHING = (1, 3, 5)
"""How many of fifty match, and write a field each."""
WRITES = {
    "address": "Quay {{staff}}", "tax_number": "T{{staff}}", "website": "https://example.com/{{staff}}",
    "email": "m{{staff}}@example.com", "name": "Ruled {{staff}}",
}  # fmt: skip


def measured() -> dict[str, dict[str, float]]:
    """Milliseconds of processor time of a save, and rows a second of a batch, by the number of rules.

    The numbers take turns, so that whatever else the machine does falls on each of them alike.
    """
    people = {name: actor_of(name) for name in ("ann", "admin")}
    kinds = [(f"{count}", count, 0) for count in COUNTS] + [(f"{n} of 50", 50 - n, n) for n in MATCHING]
    saves: dict[str, list[float]] = {key: [] for key, _idle, _busy in kinds}
    rows: dict[str, list[float]] = {key: [] for key, _idle, _busy in kinds}
    for _round in range(ROUNDS):
        for key, idle, busy in kinds:
            made = switched_on(people["admin"], idle, busy)
            saves[key].append(of_save(people["ann"]))
            rows[key].append(of_batch(people["ann"]))
            remove(made, people["admin"])
    return {
        "save_ms": {key: median(found) for key, found in saves.items()},
        "rows_per_second": {key: median(found) for key, found in rows.items()},
    }


def switched_on(admin: Actor, idle: int, busy: int = 0) -> list[int]:
    """So many rules that never match, and so many that do."""
    raws = [never(number) for number in range(idle)] + [always(number) for number in range(busy)]
    made = [int(records.create("rules", raw, Act(admin, "command")).pk) for raw in raws]
    stamps.refresh()
    return made


def remove(made: Sequence[int], admin: Actor) -> None:
    """Without a trace in what is measured next."""
    for pk in made:
        records.remove_one("rules", pk, Act(admin, "command"))
    stamps.refresh()


def actor_of(name: str) -> Actor:
    """Somebody of the company that is measured."""
    stamps.refresh()
    found = actors.load(Person.objects.get(username=name).pk)
    if found is None:
        raise SystemExit(f"there is no {name}")
    return found


def never(number: int) -> dict[str, Any]:
    """A rule that never matches, and of which half need a look at three fields."""
    looks = [
        {"field": "industry", "op": "is", "value": "it"},
        {"field": "staff", "op": "gt", "value": 9_000_000 + number},
        {"field": "name", "op": "contains", "value": f"zzz{number}"},
    ]
    changes = [{"field": "grade", "op": "changed_to", "value": "D"}, looks[1]]
    return {
        "name": f"Bench {number}", "event": "customers.saved", "enabled": True,
        "when": {"all": looks if number % 2 else changes},
        "do": [{"action": "set", "field": "grade", "value": "A"}],
    }  # fmt: skip


def always(number: int) -> dict[str, Any]:
    """A rule that matches whenever the number of staff changes, and writes a field of its own."""
    field, value = list(WRITES.items())[number]
    return {
        "name": f"Bench matching {number}", "event": "customers.saved", "enabled": True,
        "when": {"field": "staff", "op": "changed"},
        "do": [{"action": "set", "field": field, "value": value}],
    }  # fmt: skip


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


def main(command: Sequence[str]) -> None:
    """Measure, or switch on or off."""
    admin = actor_of("admin")
    if command == ["on"]:
        switched_on(admin, max(COUNTS))
    elif command == ["off"]:
        rules = registry.get("rules").model._default_manager.filter(deleted_at__isnull=True, name__startswith="Bench ")
        remove(list(rules.values_list("pk", flat=True)), admin)
    else:
        print(json.dumps(measured()))


if __name__ == "__main__":
    main(sys.argv[1:])
