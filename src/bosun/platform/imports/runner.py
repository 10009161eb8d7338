"""A whole import: every step over every row in batches, each batch with its count in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Any

from bosun.kernel import stamps
from bosun.kernel.actor import Act, Actor
from bosun.platform.imports import asking, files, links, mapping, newfields
from bosun.platform.imports.batches import SIZE, Line, StepRun, tally
from bosun.platform.imports.cells import ERROR, SKIP, Row
from bosun.platform.imports.models import ERROR as FAILED_ROW
from bosun.platform.imports.models import LINK, NOTE, SKIPPED, Import, ImportRow
from bosun.platform.imports.reading import Scan, rows_from, scan

Guard = Callable[[int, int], AbstractContextManager[None]]
"""Opens the transaction of a batch; given how many rows are done after it, and of how many."""


class Runner:
    """Does what an import's map says, from where it stands."""

    def __init__(self, made: Import, actor: Actor, guard: Guard, pause: Callable[[], None], limit: int = 0) -> None:
        self.made = made
        self.guard = guard
        self.pause = pause
        self.limit = limit
        self.actor = actor = newfields.make(made, actor)
        self.plan = mapping.read(made.map, made.headers, actor)
        self.content = files.content(made.digest)
        self.seen: Scan = scan(self.table, self.plan)
        cause = f"import {made.pk}: {made.file_name}"[:200]
        self.act = Act(actor, "import", batch=made.batch, cause=cause, confirm=asking.answers(made))
        self.watch: Callable[[int, Sequence[Row]], None] | None = None

    def table(self) -> Any:
        """The file, from its first row on."""
        return files.open_as_table(self.content, self.made.file_name, self.made.reading)

    @property
    def rows(self) -> int:
        """How many rows are taken in each step."""
        return min(self.seen.rows, self.limit) if self.limit else self.seen.rows

    def run(self) -> None:
        """Take everything in."""
        made = self.made
        made.total = self.rows * len(self.plan.steps)
        made.counts = made.counts or {"steps": [{} for _step in self.plan.steps]}
        while made.step < len(self.plan.steps):
            step = StepRun(self.plan.steps[made.step], self.seen, self.actor, self.act, len(made.headers))
            self._rows(step)
            self._links(step)
            with self._batch(0):
                made.step, made.position = made.step + 1, 0

    def _rows(self, step: StepRun) -> None:
        with rows_from(self.table, self.made.position) as rows:
            left = self.rows - self.made.position if self.limit else None
            for lines in _chunks(islice(rows, left)):
                with self._batch(len(lines)):
                    taken = step.take(lines)
                    self._note(taken)
                    self.made.position += len(lines)
                if self.watch:
                    self.watch(self.made.step, taken)

    def _links(self, step: StepRun) -> None:
        waiting = self.made.rows.filter(outcome=LINK, step=self.made.step).order_by("pk")
        while rows := list(waiting[:SIZE]):
            with self._batch(0):
                done, failed = links.link(step.step, rows, self.act, step.env)
                ImportRow.objects.filter(pk__in=[row.pk for row in done]).delete()
                ImportRow.objects.bulk_update(failed, ["outcome", "problems"])
                self._count({"unlinked": len(failed)})

    @contextmanager
    def _batch(self, size: int) -> Iterator[None]:
        """One transaction: the rows, how many are done, and the proof that the job is still ours."""
        self.pause()
        stamps.refresh()
        try:
            with self.guard(self.done(size), self.made.total):
                yield
                self.made.save(update_fields=["total", "step", "position", "counts"])
        except BaseException:
            stamps.forget()  # what was read inside the lost transaction never was
            raise

    # bookkeeping ---------------------------------------------------------------------------------------------

    def done(self, size: int = 0) -> int:
        """How many rows are through, those of earlier steps included."""
        return self.made.step * self.rows + self.made.position + size

    def _note(self, rows: Sequence[Row]) -> None:
        """Keep what needs a look, and count the rest."""
        noted = [row for row in map(self._row, rows) if row is not None]
        ImportRow.objects.bulk_create(noted, batch_size=SIZE)
        self._count({**tally(rows), "noted": sum(row.outcome == NOTE for row in noted)})
        empty = self._counts().setdefault("empty", {})
        for row in rows:
            for name in row.blank:
                empty[name] = empty.get(name, 0) + 1

    def _row(self, row: Row) -> ImportRow | None:
        problems = [[error.field, error.message] for error in (*row.problems, *row.notes)]
        pk = row.draft.pk if row.draft is not None else None
        linked = bool(row.links) and pk is not None and row.outcome != ERROR
        if row.outcome == ERROR:
            outcome = FAILED_ROW
        elif linked:
            outcome = LINK
        elif row.outcome == SKIP:
            outcome = SKIPPED
        elif problems:
            outcome = NOTE
        else:
            return None
        return ImportRow(
            of=self.made, step=self.made.step, line=row.line, outcome=outcome, cells=row.cells, problems=problems,
            record_id=pk, links=row.links if linked else {},
        )  # fmt: skip

    def _counts(self) -> dict[str, Any]:
        counts: dict[str, Any] = self.made.counts["steps"][self.made.step]
        return counts

    def _count(self, more: dict[str, int]) -> None:
        counts = self._counts()
        for name, number in more.items():
            counts[name] = counts.get(name, 0) + number


def _chunks(rows: Iterable[Line]) -> Iterator[list[Line]]:
    walk = iter(rows)
    while lines := list(islice(walk, SIZE)):
        yield lines
