"""Telling people in the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.platform import wording
from bosun.platform.automation import merging
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.subject import Subject
from bosun.platform.followers import services as followers
from bosun.platform.org import actors
from bosun.platform.org.managers import deputy_of, managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import services

FOLLOWS = ("owner", "manager", "department", "followers", "actor")
LONGEST_TEXT = 200
MOST = 50


def _active() -> QuerySet[Any]:
    return Person.objects.filter(deleted_at__isnull=True, active=True)


@dataclass(frozen=True)
class Audience:
    """Whom something concerns: users, `role:` and a role, or whom the record leads to: its owner, the owner's manager,
    the owner's department, its followers, whoever acted."""

    people: tuple[int, ...]
    roles: tuple[int, ...]
    follows: tuple[str, ...]

    @classmethod
    def read(cls, given: Sequence[Any], env: Env) -> Self:
        """From its JSON form; Invalid for what is not known."""
        people, roles, follows = [], [], []
        for each in given:
            if each in FOLLOWS:
                follows.append(each)
            elif isinstance(each, str) and each.startswith("role:"):
                roles.append(env.refs.resolve(registry.get("roles").model, each.removeprefix("role:")))
            else:
                people.append(env.refs.resolve(registry.get("users").model, each))
        return cls(tuple(people), tuple(roles), tuple(follows))

    @property
    def any(self) -> bool:
        """True when it names somebody."""
        return bool(self.people or self.roles or self.follows)

    def named(self) -> Iterator[int]:
        """Those who are told whatever the record is."""
        active = _active()
        yield from active.filter(pk__in=self.people).values_list("pk", flat=True)
        for role in self.roles:
            yield from (row.pk for row in active if role in (row.roles or []))

    def of(self, subject: Subject) -> Iterator[int]:
        """The people of one record."""
        yield from self.named()
        active = _active()
        owner = Person.objects.filter(pk=getattr(subject.record, "owner_id", None)).first()
        if owner and "owner" in self.follows:
            there = owner.active and owner.deleted_at is None
            yield from filter(None, [owner.pk if there else deputy_of(owner.pk)])
        if owner and "department" in self.follows:
            yield from active.filter(department_id=owner.department_id).values_list("pk", flat=True)
        if owner and "manager" in self.follows:
            yield from active.filter(pk__in=managers(owner)).values_list("pk", flat=True)
        if "followers" in self.follows:
            yield from followers.of(subject.entity, subject.draft.id)
        if "actor" in self.follows and subject.act.actor.id:
            yield from active.filter(pk=subject.act.actor.id).values_list("pk", flat=True)

    def words(self, env: Env) -> str:
        """As part of a sentence."""
        names = {
            "owner": _("its owner"), "manager": _("the owner's manager"), "department": _("the owner's department"),
            "followers": _("its followers"), "actor": pgettext("rule", "who did it"),
        }  # fmt: skip
        said = [names[each] for each in self.follows]
        for key, ids in (("users", self.people), ("roles", self.roles)):
            model = registry.get(key).model
            env.refs.load(model, ids)
            said += [str((env.refs.card(model, pk) or {}).get("name", "?")) for pk in ids]
        return wording.listed(wording.value(each) for each in said)


@dataclass(frozen=True)
class Notify(Action):
    """Tell people something, each in what he may see."""

    key: ClassVar[str] = "notify"
    icon: ClassVar[str] = "bell"
    takes: ClassVar[tuple[str, ...]] = ("to", "text")

    entity: Entity
    to: Audience
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
        return cls(entity, Audience.read(given, env), merging.check(text, entity, env))

    def perform(self, doing: Doing) -> dict[int, Json]:
        done = {}
        for subject in doing.subjects:
            told = sorted(set(self.to.of(subject)))
            for person in told:
                self._tell(person, subject, doing)
            done[subject.draft.id] = {"action": self.key, "people": told, "text": self.text}
        return done

    def _tell(self, person: int, subject: Subject, doing: Doing) -> None:
        reader = actors.load(person)
        if reader is None:
            return
        with translation.override(reader.language):
            text = merging.fill(self.text, self.entity, subject.record, doing.env, records.environment(reader))
        occasion = subject.occasion or subject.draft.change_id
        key = f"rule:{doing.rule}:{doing.number}:{occasion}:{subject.draft.id}"
        # What the reader may not see is left out of the text; a notice that points nowhere is shown for good.
        open_ = access.may_row(self.entity, reader, "read", subject.draft.id)
        about = (self.entity.key, subject.draft.id) if open_ else ("", 0)
        services.tell(person, key, text[:LONGEST_TEXT], *about, doing.env.now)

    def words(self, env: Env) -> str:
        return _("tell %(people)s: “%(text)s”") % {"people": self.to.words(env), "text": self.text}
