"""One batch of rows through one step: read, matched, written, each row with its outcome."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.errors import DoorError, Invalid
from bosun.kernel.kinds import Moment
from bosun.platform import doubts
from bosun.platform.imports.cells import CREATE, ERROR, SAME, SKIP, UPDATE, Row, rows_of
from bosun.platform.imports.duplicates import Twins
from bosun.platform.imports.mapping import Step
from bosun.platform.imports.matching import Matcher
from bosun.platform.imports.reading import Scan, environment_of
from bosun.platform.imports.refusals import reasons
from bosun.platform.imports.unknown import Linker, settle_choices

SIZE = 500
Line = tuple[int, list[str]]
log = logging.getLogger(__name__)


class StepRun:
    """Takes the rows of one step in, a batch at a time."""

    def __init__(self, step: Step, seen: Scan, actor: Actor, act: Act, width: int) -> None:
        self.step = step
        self.seen = seen
        self.actor = actor
        self.act = act
        self.width = width
        self._begin()

    def _begin(self) -> None:
        self.env = environment_of(self.step, self.seen, self.actor)
        self.matcher = Matcher(self.step, self.env)
        self.linker = Linker(self.step, self.seen, self.env, self.act)
        self.twins = Twins(self.step, self.env)

    def take(self, lines: Sequence[Line]) -> list[Row]:
        """Write a batch. When something breaks, its rows go one by one, so that one bad row costs no other."""
        try:
            with transaction.atomic():
                return self._take(lines)
        except Exception:
            log.exception("a batch of %s rows is taken row by row", len(lines))
        rows: list[Row] = []
        for line in lines:
            self._begin()
            stamps.forget()
            try:
                with transaction.atomic():
                    rows += self._take([line])
            except Exception as error:
                log.exception("row %s was refused", line[0])
                row = Row(*line)
                row.refuse("", error.title if isinstance(error, DoorError) else _("This row could not be stored."))
                rows.append(row)
        stamps.forget()
        return rows

    def _take(self, lines: Sequence[Line]) -> list[Row]:
        rows = rows_of(self.step, lines, self.width)
        settle_choices(self.step, rows, self.act)
        self.linker.settle(rows)
        self._write(rows)
        self.env.refs.forget_misses(self.step.entity.model)
        return rows

    # writing -------------------------------------------------------------------------------------------------

    def _write(self, rows: Sequence[Row]) -> None:
        """Rows of one key go one after the other, so that the second finds what the first made."""
        by_key = self.matcher.match(rows)
        keyed = {id(row) for same in by_key.values() for row in same}
        groups = [list(same) for same in by_key.values()]
        groups += [[row] for row in rows if row.open and id(row) not in keyed]
        seen: dict[int, list[dict[str, Any]]] = {}
        while groups:
            wave = [(group.pop(0), group) for group in groups]
            for row, group in wave:
                written = seen.setdefault(id(group), [])
                if row.open and row.raw in written:
                    row.outcome = SAME
                elif row.open:
                    written.append(dict(row.raw))
            self._save([row for row, _group in wave if row.open])
            for row, group in wave:
                made = row.draft.pk if row.draft is not None and row.outcome in (CREATE, UPDATE, SAME) else None
                for later in group:
                    later.match = later.match or made
                    _follow(later, row)
            groups = [group for _row, group in wave if group]

    def _save(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._meet(row)
        self.twins.settle([row for row in rows if row.open and row.match is None])
        for row in rows:
            if row.open:
                row.draft = self._draft(row)
        drafts = [row.draft for row in rows if row.draft is not None]
        for verb in ("created", "changed"):
            records.save([draft for draft in drafts if draft.verb == verb], self.act, self.env)
        for row in rows:
            if row.draft is not None:
                _conclude(row, row.draft, self.actor)
                self._doubt(row, row.draft)

    def _doubt(self, row: Row, draft: Draft) -> None:
        """Say which of the values that go in may be a slip."""
        if draft.failure is None:
            specs = draft.entity.specs()
            for name, (_old, value) in draft.diff.items():
                if said := doubts.of(draft.entity, specs[name], value, self.env):
                    row.note(name, said)

    def _meet(self, row: Row) -> None:
        """What happens to a row whose record is there."""
        if row.match is None:
            return
        how = self.step.on_match
        if how == "create":
            row.match = None
        elif how == "skip":
            row.outcome = SAME
        elif how == "refuse":
            row.refuse(self.step.key[0], _("A record with this key is there already."))

    def _draft(self, row: Row) -> Draft | None:
        entity = self.step.entity
        if row.match is not None:
            return Draft(entity, row.raw, pk=row.match, seen=row.seen, verb="changed", line=row.line)
        filled = {name: raw for name, raw in row.raw.items() if raw is not None}
        draft = Draft(entity, {**self.step.new, **filled}, verb="created", line=row.line)
        try:
            self._date_back(row, draft)
        except Invalid as error:
            row.refuse("", error.title)
            return None
        return draft

    def _date_back(self, row: Row, draft: Draft) -> None:
        """When and by whom the file says that it was written."""
        if self.step.at is not None:
            draft.at = Moment().parse(row.cells[self.step.at], self.env)
        name = row.cells[self.step.by].strip() if self.step.by is not None else ""
        if name:
            people = apps.get_model(settings.BOSUN_PERSON_MODEL)
            found = self.env.refs.find(people, {"name": name})
            draft.author = (found[0] if len(found) == 1 else None, name)


def _follow(later: Row, row: Row) -> None:
    """A row that was written from the version that stood there is what the next one of its record was written over."""
    draft = row.draft
    if draft is not None and row.outcome == UPDATE and later.seen == draft.record.version - 1:
        later.seen = draft.record.version


def _conclude(row: Row, draft: Draft, actor: Actor) -> None:
    if draft.failure is not None:
        row.problems += reasons(draft, actor)
        row.outcome = ERROR
    elif draft.verb == "created":
        row.outcome = CREATE
    else:
        row.outcome = UPDATE if draft.diff else SAME


def tally(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows went how."""
    found = dict.fromkeys((CREATE, UPDATE, SAME, SKIP, ERROR), 0)
    for row in rows:
        found[row.outcome] += 1
    return found
