"""What the wizard and the command line do with imports: receive, check, start, cancel, undo, and fetch what failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry, stamps
from bosun.kernel.actor import Act, Actor, new_batch
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.undo import Undone
from bosun.lib import clock
from bosun.lib.sheets import write_csv, write_xlsx
from bosun.platform.exports import version
from bosun.platform.imports import asking, files, mapping, newfields
from bosun.platform.imports.cells import CREATE, ERROR, SAME, SKIP, UPDATE, Row
from bosun.platform.imports.models import (
    CANCELLED,
    DONE,
    DRAFT,
    FAILED,
    NOTE,
    RUNNING,
    SKIPPED,
    UNDONE,
    WAITING,
    Import,
    ImportRow,
)
from bosun.platform.imports.models import ERROR as FAILED_ROW
from bosun.platform.imports.reading import doubts
from bosun.platform.imports.runner import Runner
from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job

JOB, UNDO_JOB = "imports.run", "imports.undo"
PREVIEW_ROWS = 200
CHECKED_ROWS = 5000


def receive(content: bytes, name: str, actor: Actor, reading: Mapping[str, Any] | None = None) -> Import:
    """Take a file in; answers an import in draft. Invalid when it is no table."""
    wanted = files.reading_of(reading or {})
    with files.open_as_table(content, name, wanted) as table:
        headers = table.headers
        info = table.info
    # Read ever after as it was read now, whatever a later version would guess.
    found = {**wanted, **({"encoding": info.encoding, "delimiter": info.delimiter} if info.kind == "csv" else {})}
    if info.sheet:
        found["sheet"] = info.sheet
    made: Import = Import.objects.create(
        person_id=actor.id, person_name=actor.name[:200], file_name=name[-250:], digest=files.keep(content),
        size=len(content), reading=found, headers=headers, batch=new_batch(),
    )  # fmt: skip
    return made


def get(pk: int, actor: Actor) -> Import:
    """An import of the actor, or of anybody for administrators."""
    made: Import | None = Import.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    return _own(made, actor)


def find(batch: str, actor: Actor) -> Import:
    """An import by its batch."""
    return _own(Import.objects.filter(batch=batch).first() if batch else None, actor)


def _own(made: Import | None, actor: Actor) -> Import:
    if made is None or not (actor.is_admin or (actor.id is not None and made.person_id == actor.id)):
        raise NotFound()
    return made


def latest(actor: Actor, limit: int = 50) -> list[Import]:
    """Imports that were started, the latest first: one's own, all of them for administrators."""
    rows = Import.objects.exclude(state=DRAFT)
    if not actor.is_admin:
        rows = rows.filter(person_id=actor.id)
    return list(rows.order_by("-id")[:limit])


def remembered(entity: str, headers: Sequence[str], actor: Actor) -> dict[str, Any] | None:
    """The map with which the actor last imported a file of the same columns."""
    rows = Import.objects.filter(person_id=actor.id, entity=entity, state=DONE).order_by("-id")[:50]
    return next((row.map for row in rows if row.headers == list(headers)), None)


def entities(actor: Actor) -> list[Any]:
    """What the actor may import: what people work with first, then what stands in settings."""
    offered = [each for each in registry.all_entities() if each.menu and access.may(actor, each, "import")]
    return sorted(offered, key=lambda each: each.menu != "main")


def use_map(made: Import, raw: Mapping[str, Any], actor: Actor) -> mapping.Plan:
    """Give an import its map, checked; Invalid says what is wrong with it."""
    if made.state != DRAFT:
        raise Invalid(_("This import has run already."))
    plan = mapping.read(raw, made.headers, actor)
    made.map, made.entity = dict(raw), plan.steps[-1].entity.key
    made.save(update_fields=["map", "entity"])
    return plan


def answer(made: Import, words: Iterable[str]) -> None:
    """Go on with the rows of which guards ask; the words of the answers are kept with the import."""
    if made.state != DRAFT:
        raise Invalid(_("This import has run already."))
    made.reading = {**(made.reading or {}), asking.CONFIRM: sorted({*asking.answers(made), *words})}
    made.save(update_fields=["reading"])


# checking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PreviewRow:
    """What would become of one row."""

    step: int
    line: int
    outcome: str
    title: str
    cells: list[str]
    problems: list[tuple[str, str]]
    changes: list[tuple[str, str, str]]


@dataclass
class Check:
    """What an import would do. Rows beyond `checked` were not looked at."""

    total: int = 0
    checked: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    steps: list[dict[str, Any]] = field(default_factory=list)
    rows: list[PreviewRow] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    asked: dict[str, asking.Asked] = field(default_factory=dict)


def check(made: Import, actor: Actor, limit: int = CHECKED_ROWS, shown: int = PREVIEW_ROWS) -> Check:
    """Do the whole import and take it back at once: exactly what would happen, without a trace. 0 checks every row."""
    found = Check()
    rehearsed = Import.objects.get(pk=made.pk)
    try:
        with transaction.atomic():
            runner = Runner(rehearsed, actor, lambda _done, _total: nullcontext(), lambda: None, limit)

            def watch(step: int, rows: Sequence[Row]) -> None:
                preview = [row for row in rows if row.outcome in (ERROR, SKIP)] + [
                    row for row in rows if row.outcome not in (ERROR, SKIP)
                ]
                room = max(0, shown - sum(row.step == step for row in found.rows))
                found.rows += [_preview(step, row, runner) for row in preview[:room]]
                asking.collect(found.asked, rows)

            runner.watch = watch
            runner.run()
            found.total, found.checked = runner.seen.rows, runner.rows
            found.steps = rehearsed.counts["steps"]
            found.ignored = list(runner.plan.ignored)
            found.warnings = [said for step in runner.plan.steps for said in doubts(step, runner.seen)]
            transaction.set_rollback(True)
    finally:
        stamps.forget()
    found.counts = totals(rehearsed.counts)
    found.rows.sort(key=lambda row: (row.step, row.line))
    return found


def _preview(step: int, row: Row, runner: Runner) -> PreviewRow:
    entity = runner.plan.steps[step].entity
    known = access.specs(entity, runner.actor)
    env = records.environment(runner.actor)
    labels = {name: str(spec.label) for name, spec in {version.NAME: version.SPEC, **known}.items()}
    changes = []
    if row.draft is not None and row.draft.failure is None:
        for name, (old, new) in row.draft.diff.items():
            if name in known and not known[name].internal:
                kind = known[name].kind
                changes.append((labels[name], kind.text(old, env), kind.text(new, env)))
    title = _title(row, runner.plan.steps[step])
    problems = [(labels.get(error.field, error.field), error.message) for error in (*row.problems, *row.notes)]
    return PreviewRow(step, row.line, row.outcome, title, row.cells, problems, changes)


def _title(row: Row, step: mapping.Step) -> str:
    if row.draft is not None and row.draft.failure is None:
        return str(row.draft.record)
    title = step.entity.title_spec
    return str(row.raw.get(title.name) or "") if title else ""


def totals(counts: Mapping[str, Any]) -> dict[str, int]:
    """The counts of all steps together."""
    names = (CREATE, UPDATE, SAME, SKIP, ERROR, "noted", "unlinked")
    return {name: sum(step.get(name, 0) for step in counts.get("steps", ())) for name in names}


# running -----------------------------------------------------------------------------------------------------------


def start(made: Import, actor: Actor) -> Job:
    """Put an import into the queue."""
    _own(made, actor)
    mapping.read(made.map, made.headers, actor)
    with transaction.atomic():
        if not Import.objects.filter(pk=made.pk, state=DRAFT).update(state=WAITING):
            raise Invalid(_("This import has run already."))
        job = queue.enqueue(JOB, {"import": made.pk}, owner=actor.id, unique=f"import:{made.pk}")
        Import.objects.filter(pk=made.pk).update(job_id=job.pk)
    made.refresh_from_db()
    return job


def cancel(made: Import, actor: Actor) -> None:
    """Stop after the batch at hand; what is in stays in, and can be undone."""
    _own(made, actor)
    if made.job_id is not None and queue.cancel(made.job_id, actor).state == CANCELLED:
        Import.objects.filter(pk=made.pk, state=WAITING).update(state=CANCELLED, finished_at=clock.now())
    made.refresh_from_db()


def state(made: Import) -> str:
    """How it stands; an import whose job was given up has failed."""
    if made.state in (WAITING, RUNNING):
        job = Job.objects.filter(pk=made.job_id).first()
        if job is not None and job.state == "parked":
            return FAILED
    return str(made.state)


def problems(made: Import, limit: int = 200) -> list[ImportRow]:
    """Rows that failed, were left out or need a look."""
    return list(made.rows.filter(outcome__in=(FAILED_ROW, SKIPPED, NOTE)).order_by("step", "line")[:limit])


def error_file(made: Import, out: IO[bytes], how: str = "csv") -> int:
    """Write the rows that failed as they came, with a column of reasons; with the same map it can be imported again."""
    reason = _reason_column(made.headers)
    rows = made.rows.filter(outcome=FAILED_ROW).order_by("line", "step")
    count = 0

    def lines() -> Iterator[list[str]]:
        nonlocal count
        seen: set[int] = set()
        for row in rows.iterator(chunk_size=500):
            if row.line in seen:
                continue
            seen.add(row.line)
            count += 1
            yield [*row.cells[: len(made.headers)], _reasons(made, row), *row.cells[len(made.headers) :]]

    headers = [*made.headers, reason]
    if how == "xlsx":
        write_xlsx(out, headers, lines())
    else:
        write_csv(out, headers, lines())
    return count


def _reason_column(headers: Sequence[str]) -> str:
    name = str(_("What is wrong"))
    return name if name not in headers else f"{name} (Bosun)"


def _reasons(made: Import, row: ImportRow) -> str:
    step = mapping.steps_of(made.map)[row.step]
    entity = registry.find(str(step.get("entity")))
    specs = entity.specs() if entity else {}
    said = []
    for name, message in row.problems:
        label = str(specs[name].label) if name in specs else ""
        said.append(f"{label}: {message}" if label and label not in message else message)
    return _("Row %(row)s") % {"row": row.line} + ": " + " ".join(said)


# undoing -----------------------------------------------------------------------------------------------------------


def undo(made: Import, actor: Actor) -> Undone:
    """Take an import back: what it made goes for good, what it changed is put back, what others changed since stays."""
    _own(made, actor)
    if made.state in (DRAFT, WAITING, RUNNING) and state(made) != FAILED:
        raise Invalid(_("This import has not ended yet. Cancel it first."))
    with transaction.atomic():
        done = records.undo(made.batch, Act(actor, "import", cause=f"undo of import {made.pk}"))
        newfields.take_back(made, actor)
        if made.state != UNDONE:
            left = [{"entity": key, "id": pk, "title": title} for key, pk, title in done.left_alone]
            made.state = UNDONE
            made.undone = {"removed": done.removed, "put_back": done.put_back, "left_alone": left}
            made.save(update_fields=["state", "undone"])
    stamps.forget()
    return done


def start_undo(made: Import, actor: Actor) -> Job:
    """Undo in the background, for large imports."""
    _own(made, actor)
    return queue.enqueue(UNDO_JOB, {"import": made.pk}, owner=actor.id, unique=f"undo:{made.pk}")


# the job -----------------------------------------------------------------------------------------------------------


@contextmanager
def ended(made: Import) -> Iterator[None]:
    """Marks an import as failed with its reason when it breaks for good."""
    try:
        yield
    except (Invalid, Denied, NotFound) as refusal:
        Import.objects.filter(pk=made.pk).update(state=FAILED, error=refusal.title, finished_at=clock.now())
        raise


def finish(made: Import, how: str) -> None:
    """Note that an import is over."""
    Import.objects.filter(pk=made.pk).update(state=how, finished_at=clock.now())
