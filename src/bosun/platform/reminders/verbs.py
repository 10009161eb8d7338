"""What one does with a reminder, and with one time of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Boolean, Moment, Number
from bosun.kernel.query import environment
from bosun.kernel.verbs import Param, Verb
from bosun.kernel.writing import save
from bosun.platform.reminders import kinds
from bosun.platform.reminders.models import Occurrence, Reminder


class OfOne(Verb):
    """Done to occurrences: their reminders may follow, and are locked first, as by whoever begins there."""

    def run(self, entity: Entity, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
        with transaction.atomic():
            held = Occurrence.objects.filter(pk__in=ids).values("reminder_id")
            list(Reminder.objects.select_for_update().filter(pk__in=held).order_by("pk").values_list("pk"))
            return super().run(entity, ids, raw, act)


class Done(Verb):
    """It is done; nothing is told any more."""

    key = "done"
    past = "done"
    label = _lazy("Done")
    icon = "check"
    primary = True

    def offered(self, record: Any, env: Env) -> bool:
        return record.state in ("open", "missed")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"state": "done", "done_at": env.now, "snoozed_until": None}


class Snooze(Verb):
    """Not now: in some minutes, or at a time."""

    key = "snooze"
    past = "snoozed"
    label = _lazy("Snooze")
    icon = "clock"
    params = (
        Param("minutes", _lazy("In minutes"), Number(low=1, high=44_640), required=False),
        Param("until", _lazy("Until"), Moment(), required=False),
    )

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state == "open")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        until = given["until"] or (env.now + timedelta(minutes=given["minutes"]) if given["minutes"] else None)
        if until is None or until <= env.now:
            raise Invalid([FieldError("until", _("Choose a time that is still to come."))])
        return {"snoozed_until": until}


class Reopen(Verb):
    """It was not done after all."""

    key = "reopen"
    past = "reopened"
    label = _lazy("Reopen")
    icon = "refresh"

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state != "open")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"state": "open", "done_at": None}


class DoneOnce(OfOne, Done):
    """This time of it is done."""


class SnoozeOnce(OfOne, Snooze):
    """This time of it is for later."""


class ReopenOnce(OfOne, Reopen):
    """This time of it was not done after all; one that another time has taken the place of stays closed."""

    def offered(self, record: Any, env: Env) -> bool:
        return record.state not in ("open", "cancelled")


class _InParts(Verb):
    """Done to what stands open of it, where it comes again, or reminds others and is done by one who is not its owner;
    its owner does one that comes once for all.
    """

    def offered(self, record: Any, env: Env) -> bool:
        if record.state != "open" or not self._has_parts(record, env.actor):
            return bool(record.state == "open")
        return self._parts(record, env.actor).exists()

    def run(self, entity: Entity, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
        rows = access.visible(entity, act.actor, self.key, few=True).filter(pk__in=ids)
        rows = rows.only("rule", "next_at", "people", "owner_id")
        parted = {row.pk for row in rows if self._has_parts(row, act.actor)}
        done = {draft.pk: draft for draft in super().run(entity, [pk for pk in ids if pk not in parted], raw, act)}
        for pk in parted:
            done[pk] = self._of_parts(entity, pk, raw, act)
        return [done[pk] for pk in ids]

    def _has_parts(self, record: Any, actor: Actor) -> bool:
        goes_on = record.rule and record.next_at is not None
        return bool(goes_on or (record.people and actor.id not in (None, record.owner_id)))

    def _parts(self, record: Any, actor: Actor) -> QuerySet[Occurrence]:
        held = Occurrence.objects.filter(reminder_id=record.pk, deleted_at__isnull=True, state="open")
        if record.owner_id == actor.id:
            return held
        # Whoever stands in does what is hers, and not what the others have to do.
        hers = Q(owner_id=record.owner_id)
        return held.filter(hers | access.rows(registry.get("occurrences"), actor, self.key))

    def _of_parts(self, entity: Entity, pk: int, raw: Mapping[str, Any], act: Act) -> Draft:
        draft = Draft(entity, {}, pk=pk, verb=self.past, record=records.get(entity, pk, act.actor))
        found = list(self._parts(draft.record, act.actor).values_list("pk", flat=True))
        if not found:
            nothing = Invalid(_("Nothing of it stands open now. To end the series, use “End series”."))
            draft.failure = nothing if draft.record.rule else self.unfit(draft.record, environment(act.actor))
            return draft
        parts = records.run_verb("occurrences", found, self.key, raw, act.by_system("of its reminder"))
        draft.failure = next((part.failure for part in parts if part.failure), None)
        return draft


class DoneReminder(_InParts, Done):
    """It is done: one that comes once for good, of a series what stands open."""


class SnoozeReminder(_InParts, Snooze):
    """Not now; of a series what stands open."""


class End(Verb):
    """It comes no more."""

    key = "end"
    past = "ended"
    label = _lazy("End series")
    icon = "player-stop"

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state == "open" and record.rule)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"state": "done", "done_at": env.now, "snoozed_until": None}


class Assign(Verb):
    """Remind other people than oneself."""

    key = "assign"
    past = "assigned"
    label = _lazy("Remind others")
    icon = "users"
    right = "assign"
    params = (Param("people", _lazy("People"), kinds.Reminded("org.Person")),)

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state == "open")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"people": given["people"]}


class Tick(Verb):
    """One line of the checklist is done, or is not."""

    key = "tick"
    past = "ticked"
    label = _lazy("Checklist ticked")
    icon = "checkbox"
    bulk = False
    in_menu = False
    params = (
        Param("line", _lazy("Line"), Number(low=1, high=kinds.MOST)),
        Param("done", _lazy("Done"), Boolean(), required=False),
    )

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.checklist)

    def run(self, entity: Entity, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
        with transaction.atomic():
            # Locked, so that two people who tick at once both count.
            rows = entity.model._default_manager.select_for_update().filter(pk__in=ids)
            held = dict(rows.values_list("pk", "checklist"))
            env = environment(act.actor)
            given = self.read(raw, env)
            drafts = [self._draft(entity, pk, held.get(pk), given) for pk in ids]
            save(drafts, act, env)
        return drafts

    def _draft(self, entity: Entity, pk: int, lines: Any, given: Mapping[str, Any]) -> Draft:
        draft = Draft(entity, {}, pk=pk, verb=self.past)
        place, done = given["line"] - 1, given["done"] is not False
        if 0 <= place < len(lines or ()):
            draft.put("checklist", [{**line, "done": done} if n == place else line for n, line in enumerate(lines)])
        else:
            draft.refuse("line", _("There is no such line."))
        return draft
