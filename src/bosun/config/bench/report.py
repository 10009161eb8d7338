"""The figures as they stand in docs/figures.md."""

from __future__ import annotations

from typing import Any

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
HEAD = ("page", "form", "queries", "CPU ms", "KB")
IMPORTS = {"create": "duplicates not looked for", "skip": "duplicates looked for"}
"""What is done about likely duplicates, as the map of an import names it."""
GOALS = {
    "list of own by next contact": 225,
    "list of all by last contact": 225,
    "record with timeline": 130,
    "search by fragment": 320,
    "search inside a list": 20,
    "create, duplicates looked for": 216,
}
"""Pages a second as JSON to eight clients."""


def row(line: dict[str, Any]) -> list[str]:
    """One page in one form; the processor time is that of the run with most clients."""
    runs = list(line["clients"].values())
    told = [line["scene"], line["form"], str(line["queries"]), f"{runs[-1]['cpu_ms']:.1f}"]
    told.append(f"{runs[-1]['bytes'] / 1000:.0f}")
    for one in runs:
        told += [f"{one['p50_ms']:.1f}", f"{one['p95_ms']:.1f}", f"{one['per_second']:.0f}"]
    goal = GOALS.get(line["scene"]) if line["form"] == "json" else None
    return [*told, str(goal or "")]


def page(found: dict[str, Any]) -> str:
    """A heading, the table, and what is not a page."""
    clients = list(found["scenes"][0]["clients"]) if found["scenes"] else []
    head = [*HEAD, *(f"{name}, {number}" for number in clients for name in ("p50 ms", "p95 ms", "pages/s"))]
    rows = [[*head, "goal"], ["---", "---", *["---:"] * (len(head) - 1)], *(row(line) for line in found["scenes"])]
    wrong = sum(one["wrong"] for line in found["scenes"] for one in line["clients"].values())
    load = found["load"]
    tail = (
        f"Wrong answers: {wrong:.0f}. Loading without events: {load['customers_per_second']:,} customers, "
        f"{load['follow_ups_per_second']:,} follow-ups a second."
    )
    if found["imports"]:
        ways = (f"{speed:,.0f} with {IMPORTS[way]}" for way, speed in found["imports"].items())
        tail += f" Import by file, rows a second: {', '.join(ways)}."
    if found.get("ruled_imports"):
        ways = (f"{speed:,.0f} with {count}" for count, speed in found["ruled_imports"].items())
        tail += f" The same import by the number of rules that are on and do not match: {', '.join(ways)}."
    if found.get("rules"):
        saves = (f"{ms:.2f} with {count}" for count, ms in found["rules"]["save_ms"].items())
        rows_told = (f"{rate:,.0f} with {count}" for count, rate in found["rules"]["rows_per_second"].items())
        tail += (
            " Rules, none of which matches unless it is said (“3 of 50”: three match and write a field each): "
            f"a save takes, in ms of processor time, {', '.join(saves)}; a batch of 500 is written, rows a second of "
            f"processor time, {', '.join(rows_told)}."
        )
    return "\n".join(
        [
            f"## {NAMES[found['database']]}",
            "",
            f"{found['day']}, {found['cores']} cores, {found['customers']:,} customers, {found['follow_ups']:,} "
            f"follow-ups, {found['opportunities']:,} opportunities. "
            f"Other programs took {found['others']:.0%} of the machine meanwhile; ten million additions "
            f"in Python took {found['pace']:.2f} s of processor time.",
            "",
            *("| " + " | ".join(each) + " |" for each in rows),
            "",
            tail,
        ]
    )
