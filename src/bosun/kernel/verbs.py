"""Verbs: one class is the button, the bulk action, the endpoint, the automation action and the word in the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Kind, Reference
from bosun.kernel.query import environment
from bosun.kernel.writing import save


@dataclass(frozen=True)
class Param:
    """One thing a verb asks for; its kind parses it and draws its input."""

    name: str
    label: Any
    kind: Kind
    required: bool = True
    help: Any = ""


class Verb:
    """Something one does to a record besides editing it.

    `key` is its name in URLs and rights, `past` its word in events and history, `right` the action that stands for it
    where no role speaks of the verb itself.
    """

    key: ClassVar[str] = ""
    past: ClassVar[str] = ""
    label: ClassVar[Any] = ""
    icon: ClassVar[str] = "bolt"
    right: ClassVar[str] = "change"
    primary: ClassVar[bool] = False
    bulk: ClassVar[bool] = True
    params: ClassVar[tuple[Param, ...]] = ()

    def offered(self, record: Any, env: Env) -> bool:
        """True when the verb makes sense on this record as it stands."""
        return True

    def unfit(self, record: Any, env: Env) -> Invalid | None:
        """Why the verb makes no sense on this record as it stands; None where it does."""
        if self.offered(record, env):
            return None
        return Invalid(_("“%(verb)s” does not fit this record as it stands.") % {"verb": self.label})

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        """The field values that the verb writes."""
        return {}

    def read(self, raw: Mapping[str, Any], env: Env) -> dict[str, Any]:
        """The parsed parameters; Invalid names those that are wrong."""
        given: dict[str, Any] = {}
        errors: list[FieldError] = []
        known = {param.name for param in self.params}
        errors += [FieldError(name[:80], _("This is not asked for here.")) for name in raw if name not in known]
        for param in self.params:
            try:
                given[param.name] = param.kind.parse(raw.get(param.name), env)
            except Invalid as error:
                errors += [FieldError(param.name, part.message) for part in error.errors]
                continue
            if param.required and given[param.name] is None:
                errors.append(FieldError(param.name, _("Fill in “%(field)s”.") % {"field": param.label}))
        if errors:
            raise Invalid(errors)
        return given

    def run(self, entity: Entity, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
        """Do it to records; each draft says how it went."""
        env = environment(act.actor)
        given = self.read(raw, env)
        # What follows from another act has looked already, and does more than is offered.
        unfit = None if act.depth else self.unfit
        drafts = [Draft(entity, {}, pk=pk, verb=self.past, unfit=unfit) for pk in ids]
        for draft in drafts:
            for name, value in self.values(draft, given, env).items():
                draft.put(name, value)
        save(drafts, act, env)
        return drafts


class Transfer(Verb):
    """Give a record to another owner."""

    key = "transfer"
    past = "transferred"
    label = _lazy("Hand over")
    icon = "arrows-exchange"
    right = "transfer"
    params = (Param("owner", _lazy("New owner"), Reference(settings.BOSUN_PERSON_MODEL)),)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"owner": given["owner"]}
