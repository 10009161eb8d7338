"""The figures as a table."""

from __future__ import annotations

from typing import Any

HEAD = ("scene", "form", "clients", "p50 ms", "p95 ms", "a second", "CPU ms", "queries", "KB", "errors")


def rows(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """One row for each scene, form and number of clients."""
    made: list[tuple[str, ...]] = []
    for line in found["scenes"]:
        for clients, one in line["clients"].items():
            made.append(
                (
                    line["scene"], line["form"], clients, f"{one['p50_ms']:.1f}", f"{one['p95_ms']:.1f}",
                    f"{one['per_second']:.1f}", f"{one['cpu_ms']:.1f}", str(line["queries"]),
                    f"{one['bytes'] / 1000:.1f}", str(one["errors"]),
                )
            )  # fmt: skip
    return made


def table(found: dict[str, Any]) -> str:
    """Aligned columns, then what is not a page."""
    body = [HEAD, *rows(found)]
    widths = [max(len(row[column]) for row in body) for column in range(len(HEAD))]
    lines = [
        "  ".join(text.ljust(width) if place < 2 else text.rjust(width) for place, (text, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in body)
    ]
    load = found["load"]
    return "\n".join(
        [
            f"{found['database']}: {found['customers']:,} customers, {found['follow_ups']:,} follow-ups, "
            f"{found['cores']} cores",
            *lines,
            f"import: {found['import_rows_per_second']:.0f} rows a second; loading without events: "
            f"{load['customers_per_second']:,} customers, {load['follow_ups_per_second']:,} follow-ups a second",
        ]
    )
