"""Bring a table in with a map, as a person; or take an import back."""  # noqa: N999

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from django.utils import translation

from bosun.config.failure import Failure
from bosun.config.people import actor_of
from bosun.kernel.actor import Actor
from bosun.kernel.errors import DoorError, Invalid
from bosun.platform.imports import propose, services
from bosun.platform.imports.models import Import
from bosun.platform.jobs import running
from bosun.platform.jobs.models import Job

OUTCOMES = {
    "create": "created", "update": "updated", "same": "unchanged", "skip": "left out", "error": "failed",
    "noted": "noted", "unlinked": "not linked",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What, from where, how, and as whom."""
    parser.add_argument("entity", nargs="?", help="what the rows are, as customers; taken from the map where it says")
    parser.add_argument("file", nargs="?", type=Path, help="CSV, XLSX, XLS or ODS")
    parser.add_argument("--map", type=Path, help="JSON as the wizard saves it; without it columns are matched by name")
    parser.add_argument("--user", required=True, help="username of the person who imports")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, and leave no trace")
    parser.add_argument("--propose", action="store_true", help="print the map that fits the file, and do nothing")
    parser.add_argument("--errors", type=Path, help="write the rows that failed to this CSV or XLSX file")
    parser.add_argument(
        "--confirm", action="append", default=[], metavar="WORD", help="answer a guard that asks, for all rows"
    )
    parser.add_argument("--undo", metavar="BATCH", help="take an import back")
    for name in ("encoding", "delimiter", "sheet"):
        parser.add_argument(f"--{name}", help=f"{name} of the file, where it is not recognised")
    parser.add_argument("--header-row", type=int, help="the row with the names of the columns; 0 for none")


def run(options: argparse.Namespace) -> int:
    """Import, rehearse, propose or undo; 1 when rows failed."""
    actor = actor_of(options.user)
    with translation.override(actor.language):
        try:
            if options.undo:
                return take_back(options.undo, actor)
            return bring_in(options, actor)
        except Invalid as refusal:
            raise Failure("\n".join(said(error.field, error.message) for error in refusal.errors)) from None
        except DoorError as refusal:
            raise Failure(refusal.title) from None


def said(name: str, message: str) -> str:
    """One mistake, with its place."""
    return f"{name}: {message}" if name else message


def bring_in(options: argparse.Namespace, actor: Actor) -> int:
    """Import, or only say what would happen."""
    path = options.file or (Path(options.entity) if options.entity else None)
    if path is None or not path.is_file():
        raise Failure(f"There is no file {path}." if path else "Say which file to import.")
    reading = {name: getattr(options, name) for name in ("encoding", "delimiter", "sheet", "header_row")}
    made = services.receive(path.read_bytes(), path.name, actor, reading)
    raw = the_map(options, made, actor)
    if options.confirm:
        services.answer(made, options.confirm)
    if options.propose:
        print(json.dumps(raw, ensure_ascii=False, indent=2))
        return 0
    plan = services.use_map(made, raw, actor)
    for column in plan.ignored:
        print(f"not imported: {column}", file=sys.stderr)
    return rehearse(made, actor) if options.dry_run else carry_out(made, actor, options.errors)


def the_map(options: argparse.Namespace, made: Import, actor: Actor) -> dict[str, Any]:
    """The map of the file given, else one that fits."""
    entity = options.entity if options.file else None
    if options.map is None:
        if not entity:
            raise Failure("Say what the rows are, or give a map.")
        return propose.propose(entity, propose.analyse_import(made, actor), actor).map
    try:
        raw = json.loads(options.map.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Failure(f"{options.map}: {error}") from None
    if isinstance(raw, dict) and "steps" not in raw and entity:
        raw.setdefault("entity", entity)
    return dict(raw) if isinstance(raw, dict) else {}


def rehearse(made: Import, actor: Actor) -> int:
    """Say what would happen to each row that needs a look, and to how many the rest."""
    found = services.check(made, actor, limit=0)
    for row in found.rows:
        for place, message in row.problems:
            print(f"row {row.line}: {row.outcome}: {said(place, message)}", file=sys.stderr)
    for warning in found.warnings:
        print(warning, file=sys.stderr)
    for word, each in found.asked.items():
        print(f"{each.count} rows: {each.reason} (--confirm {word}{'TEXT' if each.text else ''})", file=sys.stderr)
    made.delete()
    return tell(found.counts)


def carry_out(made: Import, actor: Actor, errors: Path | None) -> int:
    """Run it in this process; a worker would go on with it if this process died."""
    job = services.start(made, actor)
    try:
        running.here(job, "command")
        wait_for(job)
    except KeyboardInterrupt:
        services.cancel(made, actor)
        raise
    made.refresh_from_db()
    job.refresh_from_db()
    for row in services.problems(made, 1000):
        for name, message in row.problems:
            print(f"row {row.line}: {row.outcome}: {said(name, message)}", file=sys.stderr)
    if errors is not None:
        with errors.open("wb") as out:
            services.error_file(made, out, "xlsx" if errors.suffix == ".xlsx" else "csv")
    if services.state(made) != "done":
        raise Failure(made.error or job.error or f"The import is {services.state(made)}.")
    print(f"batch {made.batch}")
    return tell(services.totals(made.counts))


def wait_for(job: Job) -> None:
    """A worker may have been quicker to take it, or have to go on with it."""
    while True:
        job.refresh_from_db()
        if not job.open:
            return
        time.sleep(0.2)


def take_back(batch: str, actor: Actor) -> int:
    """Undo a whole import."""
    done = services.undo(services.find(batch, actor), actor)
    for entity, pk, title in done.left_alone:
        print(f"left alone, because it was changed since: {entity} {pk} {title}", file=sys.stderr)
    print(f"removed {done.removed}, put back {done.put_back}, left alone {len(done.left_alone)}")
    return 0


def tell(counts: dict[str, int]) -> int:
    """The counts in one line; 1 when rows failed."""
    print(", ".join(f"{word} {counts[name]}" for name, word in OUTCOMES.items() if counts[name] or name == "create"))
    return 1 if counts["error"] or counts["unlinked"] else 0
