"""Telling people in the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform.automation import merging
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.subject import Subject
from bosun.platform.org import actors
from bosun.platform.org.models import Department, Person
from bosun.platform.reminders import services

FOLLOWS = ("owner", "manager", "department", "actor")
LONGEST_TEXT = 200
MOST = 50


@dataclass(frozen=True)
class Notify(Action):
    """Tell people something, each in what he may see. `to` names users, `role:` and a role, or whom the record follows:
    its owner, the owner's manager, the owner's department, whoever acted."""

    key: ClassVar[str] = "notify"
    icon: ClassVar[str] = "bell"
    takes: ClassVar[tuple[str, ...]] = ("to", "text")

    entity: Entity
    people: tuple[int, ...]
    roles: tuple[int, ...]
    follows: tuple[str, ...]
    text: str

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        given = raw.get("to")
        given = [given] if isinstance(given, str) else given
        if not isinstance(given, Sequence) or not 0 < len(given) <= MOST:
            raise Invalid(_("Say whom to tell."))
        text = str(raw.get("text") or "").strip()
        if not text:
            raise Invalid(_("Say what to tell."))
        people, roles, follows = [], [], []
        for each in given:
            if each in FOLLOWS:
                follows.append(each)
            elif isinstance(each, str) and each.startswith("role:"):
                roles.append(env.refs.resolve(registry.get("roles").model, each.removeprefix("role:")))
            else:
                people.append(env.refs.resolve(registry.get("users").model, each))
        return cls(entity, tuple(people), tuple(roles), tuple(follows), merging.check(text, entity, env))

    def perform(self, doing: Doing) -> dict[int, Json]:
        done = {}
        for subject in doing.subjects:
            told = sorted(set(self._recipients(subject)))
            for person in told:
                self._tell(person, subject, doing)
            done[subject.draft.id] = {"action": self.key, "people": told, "text": self.text}
        return done

    def _recipients(self, subject: Subject) -> Iterator[int]:
        active = Person.objects.filter(deleted_at__isnull=True, active=True)
        yield from active.filter(pk__in=self.people).values_list("pk", flat=True)
        for role in self.roles:
            yield from (row.pk for row in active if role in (row.roles or []))
        owner = active.filter(pk=getattr(subject.record, "owner_id", None)).first()
        if owner and "owner" in self.follows:
            yield owner.pk
        if owner and "department" in self.follows:
            yield from active.filter(department_id=owner.department_id).values_list("pk", flat=True)
        if owner and "manager" in self.follows:
            yield from active.filter(pk__in=managers(owner)).values_list("pk", flat=True)
        if "actor" in self.follows and subject.act.actor.id:
            yield from active.filter(pk=subject.act.actor.id).values_list("pk", flat=True)

    def _tell(self, person: int, subject: Subject, doing: Doing) -> None:
        reader = actors.load(person)
        if reader is None:
            return
        with translation.override(reader.language):
            text = merging.fill(self.text, self.entity, subject.record, doing.env, records.environment(reader))
        key = f"rule:{doing.rule}:{doing.number}:{subject.draft.change_id}:{subject.draft.id}"
        services.tell(person, key, text[:LONGEST_TEXT], self.entity.key, subject.draft.id, doing.env.now)

    def words(self, env: Env) -> str:
        names = {
            "owner": _("its owner"), "manager": _("the owner's manager"), "department": _("the owner's department"),
            "actor": pgettext("rule", "who did it"),
        }  # fmt: skip
        said = [names[each] for each in self.follows]
        for key, ids in (("users", self.people), ("roles", self.roles)):
            model = registry.get(key).model
            env.refs.load(model, ids)
            said += [str((env.refs.card(model, pk) or {}).get("name", "?")) for pk in ids]
        return _("tell %(people)s: “%(text)s”") % {"people": ", ".join(said), "text": self.text}


def managers(person: Any) -> list[int]:
    """The head of a person's department, or of the one above where that is the person."""
    department = Department.objects.filter(pk=person.department_id, deleted_at__isnull=True).first()
    while department is not None:
        if department.head_id and department.head_id != person.pk:
            return [department.head_id]
        department = Department.objects.filter(Q(pk=department.parent_id), deleted_at__isnull=True).first()
    return []
