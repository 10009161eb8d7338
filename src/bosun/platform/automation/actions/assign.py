"""Giving records to people: to one, to several in turn, to the least loaded, or by a table of conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import Count
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform import wording
from bosun.platform.automation import clauses, matching
from bosun.platform.automation.actions.base import Action, Doing, Json, write
from bosun.platform.automation.actions.fields import writable
from bosun.platform.automation.models import Turn
from bosun.platform.automation.subject import Subject

TURN, LOAD = "turn", "load"
MOST = 200


@dataclass(frozen=True)
class Assign(Action):
    """Set the owner. The load of a person is the number of live records of this kind that are his."""

    key: ClassVar[str] = "assign"
    icon: ClassVar[str] = "user"
    takes: ClassVar[tuple[str, ...]] = ("to", "among", "how", "table", "otherwise")
    writes: ClassVar[bool] = True

    entity: Entity
    to: int | None = None
    among: tuple[int, ...] = ()
    how: str = ""
    table: tuple[tuple[clauses.Node, int], ...] = ()

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        if not entity.owned:
            raise Invalid(_("These records have no owner of their own."))
        writable(entity, "owner", env)
        if "table" in raw:
            return cls._read_table(raw, entity, env)
        if "among" not in raw:
            return cls(entity, person(raw.get("to"), env))
        among, how = raw["among"], raw.get("how", TURN)
        if not isinstance(among, Sequence) or isinstance(among, str) or not 0 < len(among) <= MOST:
            raise Invalid(_("Name the people among whom it is shared out."))
        if how not in (TURN, LOAD):
            raise Invalid(_("Share out in turn or by load."))
        return cls(entity, among=tuple(dict.fromkeys(person(each, env) for each in among)), how=how)

    @classmethod
    def _read_table(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        rows = raw["table"]
        if not isinstance(rows, Sequence) or isinstance(rows, str) or not 0 < len(rows) <= MOST:
            raise Invalid(_("The table needs a line for each case."))
        table = []
        for row in rows:
            if not isinstance(row, Mapping) or set(row) != {"when", "to"}:
                raise Invalid(_("Each line of the table says when, and to whom."))
            table.append((clauses.parse(row["when"], entity, env), person(row["to"], env)))
        other = raw.get("otherwise")
        return cls(entity, to=None if other is None else person(other, env), table=tuple(table))

    def perform(self, doing: Doing) -> dict[int, Json]:
        chosen = self._choose(doing)
        done = write(doing, {pk: {"owner": who} for pk, who in chosen.items()}, self.key, self.entity)
        for pk, who in chosen.items():
            done[pk]["to"] = who
        return {
            subject.draft.id: done.get(subject.draft.id, {"action": self.key, "skipped": "nobody"})
            for subject in doing.subjects
        }

    def _choose(self, doing: Doing) -> dict[int, int]:
        ids = [subject.draft.id for subject in doing.subjects]
        if self.how == TURN:
            first = Turn.take(f"{doing.rule}:{doing.number}", len(ids))
            return {pk: self.among[(first + place) % len(self.among)] for place, pk in enumerate(ids)}
        if self.how == LOAD:
            loads = self._loads()
            chosen = {}
            for pk in ids:
                chosen[pk] = min(self.among, key=lambda who: (loads[who], self.among.index(who)))
                loads[chosen[pk]] += 1
            return chosen
        found = {subject.draft.id: self._by_table(subject, doing.env) for subject in doing.subjects}
        return {pk: who for pk, who in found.items() if who is not None}

    def _by_table(self, subject: Subject, env: Env) -> int | None:
        return next((who for when, who in self.table if matching.holds(when, subject, env)), self.to)

    def _loads(self) -> dict[int, int]:
        rows = self.entity.model._default_manager.filter(owner_id__in=self.among, deleted_at__isnull=True)
        counted = dict(rows.order_by().values("owner_id").annotate(n=Count("pk")).values_list("owner_id", "n"))
        return {who: counted.get(who, 0) for who in self.among}

    def differs(self, subject: Subject, env: Env) -> bool:
        if self.how:
            return subject.record.owner_id not in self.among
        wanted = self._by_table(subject, env)
        return wanted is not None and wanted != subject.record.owner_id

    def words(self, env: Env) -> str:
        people = registry.get("users").model
        ids = [*self.among, *([self.to] if self.to else []), *(who for _when, who in self.table)]
        env.refs.load(people, ids)
        name = {pk: wording.value(str((env.refs.card(people, pk) or {}).get("name", "?"))) for pk in ids}
        if self.how:
            forms = {
                TURN: _("assign it in turn to %(people)s"),
                LOAD: _("assign it to the least loaded of %(people)s"),
            }
            return forms[self.how] % {"people": wording.listed(name[pk] for pk in self.among)}
        if not self.table:
            return _("assign it to %(person)s") % {"person": name[self.to or 0]}
        lines = []
        for when, who in self.table:
            said = {"condition": matching.words(when, env), "person": name[who]}
            lines.append(
                (_("if %(condition)s to %(person)s") if said["condition"] else _("always to %(person)s")) % said
            )
        if self.to:
            lines.append(_("otherwise to %(person)s") % {"person": name[self.to]})
        return _("assign it: %(cases)s") % {"cases": "; ".join(lines)}


def person(raw: Any, env: Env) -> int:
    """The id of a person whom a rule names; Invalid when nobody is meant."""
    if raw in (None, ""):
        raise Invalid(_("Say to whom."))
    return env.refs.resolve(registry.get("users").model, raw)
