"""Waiting: a time, until a date of the record, or until a condition holds or a time has passed.

`{"action": "wait", "for": 3, "unit": "workdays"}`; `{"action": "wait", "field": "closes", "offset": -3}`;
`{"action": "wait", "until": {…}, "for": 5, "unit": "days", "then": "end"}`. What stands after it in the rule is done
when it ends, once the rule's condition was asked again; `"check": false` leaves that out. `"again"` says what becomes
of the rule's beginning anew on a record for which it waits: `keep` waiting, or `restart`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, bulk
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Date, Moment
from bosun.kernel.specs import FieldSpec
from bosun.lib import clock
from bosun.platform.automation import chain, clauses, matching
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.models import Waiting
from bosun.platform.automation.subject import Subject
from bosun.platform.automation.timing import LATE, MOST_DAYS, UNITS, Trigger

GO, END = "go_on", "end"
KEEP, RESTART = "keep", "restart"
NO_DATE = timedelta(days=1)
"""So often a wait for a date that is not there is looked at; a change of the record has it looked at at once."""
COLUMNS = (
    "rule_id", "rule_version", "held", "step", "spec", "entity", "record_id", "title", "since", "next_at", "until",
    "told", "chain", "depth", "change_id", "door", "actor_id", "actor_name", "ending",
)  # fmt: skip


@dataclass(frozen=True)
class Wait(Action):
    """Go on later with what stands after it."""

    key: ClassVar[str] = "wait"
    icon: ClassVar[str] = "clock"
    takes: ClassVar[tuple[str, ...]] = ("for", "unit", "field", "offset", "hour", "until", "then", "check", "again")

    raw: Mapping[str, Any]
    entity: Entity
    offset: Trigger
    spec: FieldSpec | None = None
    until: clauses.Node | None = None
    then: str = GO
    check: bool = True
    again: str = KEEP

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        then, check, again = raw.get("then", GO), raw.get("check", True), raw.get("again", KEEP)
        if then not in (GO, END) or not isinstance(check, bool) or again not in (KEEP, RESTART):
            raise Invalid(_("This wait cannot be read."))
        spec = _date(raw, entity, env) if "field" in raw else None
        until = _condition(raw["until"], entity, env) if "until" in raw else None
        if spec is not None and until is not None:
            raise Invalid(_("Wait for a date or for a condition, not for both."))
        count = raw.get("offset", 0) if spec else raw.get("for")
        unit, hour = raw.get("unit", "days"), raw.get("hour", 9)
        low = -MOST_DAYS if spec else 1
        if (
            not isinstance(count, int)
            or not _whole(count, low, MOST_DAYS)
            or not _whole(hour, 0, 23)
            or unit not in UNITS
        ):
            raise Invalid(_("Say how long it waits: a whole number of hours, days or working days."))
        if spec is not None and unit == "hours" and not isinstance(spec.kind, Moment):
            raise Invalid(_("A date has no hours: count in days."))
        offset = Trigger(env.company.zone, hour, LATE, spec, count, unit)
        return cls(dict(raw), entity, offset, spec, until, then, check, again)

    # when ----------------------------------------------------------------------------------------------------

    def ends_at(self, record: Any, since: datetime) -> datetime | None:
        """When it ends, as far as that is known: None where the date is not filled in. Of a wait for a condition, the
        moment until which it waits at most."""
        if self.spec is None:
            return self.offset.fires_at(since)
        value = self.spec.get(record)
        return None if value is None else self.offset.fires_at(value)

    def first_look(self, record: Any, now: datetime) -> tuple[datetime, datetime | None]:
        """When it is looked at first, and until when it waits for a condition."""
        end = self.ends_at(record, now)
        if self.until is not None:
            return now, end
        return end or now + NO_DATE, None

    # doing ---------------------------------------------------------------------------------------------------

    def perform(self, doing: Doing) -> dict[int, Json]:
        now = clock.now()
        ids = [subject.draft.id for subject in doing.subjects]
        mine = {"rule_id": doing.rule, "entity": self.entity.key, "record_id__in": ids}
        waits = {row.record_id: row for row in Waiting.objects.filter(**mine)}
        if waits and self.again == RESTART:
            Waiting.objects.filter(**mine).delete()
        # What the rule wrote before it waits may be the very date that it waits for.
        fresh = self.entity.model._default_manager.in_bulk(ids) if self.spec is not None else {}
        results: dict[int, Json] = {}
        rows = []
        for subject in doing.subjects:
            known = waits.get(subject.draft.id)
            if known is not None and self.again == KEEP:
                results[subject.draft.id] = {**self._said(known.next_at, known.until, doing), "already": True}
                continue
            record = fresh.get(subject.draft.id, subject.record)
            next_at, until = self.first_look(record, now)
            rows.append(self._row(doing, subject, now, next_at, until))
            said = self._said(next_at, until, doing)
            if self.spec is not None and self.ends_at(record, now) is None:
                said["at"] = None
            results[subject.draft.id] = {**said, "restarted": True} if known is not None else said
        bulk.insert(Waiting, COLUMNS, rows)
        return results

    def _row(
        self, doing: Doing, subject: Subject, now: datetime, next_at: datetime, until: datetime | None
    ) -> tuple[Any, ...]:
        rule, act = doing.row, subject.act
        held = {
            "event": rule.event, "when": rule.when, "do": rule.do, "identity": rule.identity_id or rule.owner_id,
        }  # fmt: skip
        return (
            doing.rule, rule.version, held, doing.number + 1, dict(self.raw), self.entity.key, subject.draft.id,
            str(subject.record)[:250], now, next_at, until, matching.told(doing.condition, subject, doing.env),
            chain.kept(self.entity.key, subject.draft.id), doing.act.depth - 1, subject.draft.change_id, act.door,
            act.actor.id, act.actor.name[:200], "",
        )  # fmt: skip

    def _said(self, next_at: datetime, until: datetime | None, doing: Doing) -> Json:
        rest = doing.row.do[doing.number + 1 :]
        told = {"action": self.key, "about": self.entity.key, "wait": dict(self.raw), "rest": rest}
        return {**told, "at": (until or next_at).isoformat()}

    # in words ------------------------------------------------------------------------------------------------

    def length(self) -> str:
        """How long, in words."""
        count = abs(self.offset.offset)
        forms = {
            "days": ngettext("%(count)s day", "%(count)s days", count),
            "workdays": ngettext("%(count)s working day", "%(count)s working days", count),
            "hours": ngettext("%(count)s hour", "%(count)s hours", count),
        }
        return forms[self.offset.unit] % {"count": count}

    def words(self, env: Env) -> str:
        if self.spec is not None:
            field = {"field": self.spec.label, "time": self.offset.words(env)}
            said = (_("wait until %(time)s") if self.offset.offset else _("wait until %(field)s")) % field
        elif self.until is not None:
            form = {
                GO: _("wait until %(condition)s, %(time)s at most"),
                END: _("wait until %(condition)s, and end if it does not within %(time)s"),
            }[self.then]
            said = form % {"condition": matching.words(self.until, env), "time": self.length()}
        else:
            said = _("wait %(time)s") % {"time": self.length()}
        return said if self.check else _("%(wait)s, whatever holds then") % {"wait": said}


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _date(raw: Mapping[str, Any], entity: Entity, env: Env) -> FieldSpec:
    spec = access.specs(entity, env.actor).get(str(raw["field"]))
    if spec is None or not isinstance(spec.kind, Date | Moment):
        raise Invalid(_("Choose a date of the record."))
    return spec


def _condition(raw: Any, entity: Entity, env: Env) -> clauses.Node:
    node = clauses.parse(raw, entity, env)
    if node == clauses.EVERYTHING:
        raise Invalid(_("Say what it waits for."))
    if matching.event_clauses(node):
        raise Invalid(_("What it waits for is about the record as it stands, not about what was done to it."))
    return node
