"""Calling a webhook: the message is entered in the transaction of the act, and sent by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid
from bosun.platform.automation.actions.base import Action, Doing, Json
from bosun.platform.automation.subject import Subject
from bosun.platform.outbound import guard
from bosun.platform.webhooks import sending
from bosun.platform.webhooks.models import Webhook


@dataclass(frozen=True)
class CallWebhook(Action):
    """Tell a program outside. `to` names a webhook; or it is an address, which gets the same without a signature."""

    key: ClassVar[str] = "webhook"
    icon: ClassVar[str] = "webhook"
    takes: ClassVar[tuple[str, ...]] = ("to",)

    entity: Entity
    hook: int | None
    url: str

    @classmethod
    def read(cls, raw: Mapping[str, Any], entity: Entity, env: Env) -> Self:
        to = raw.get("to")
        if not to:
            raise Invalid(_("Say which webhook is called."))
        if not (isinstance(to, str) and "://" in to):
            return cls(entity, env.refs.resolve(Webhook, to), "")
        if not access.may(env.actor, registry.get("webhooks"), "create"):
            raise Denied()
        try:
            return cls(entity, None, guard.target(to).url)
        except guard.Unreachable:
            raise Invalid(guard.refusal()) from None

    def perform(self, doing: Doing) -> dict[int, Json]:
        hook = Webhook.objects.filter(pk=self.hook, deleted_at__isnull=True).first() if self.hook else None
        if self.hook and (hook is None or not hook.enabled):
            return {subject.draft.id: {"action": self.key, "skipped": "off"} for subject in doing.subjects}
        records.preload(self.entity, [subject.record for subject in doing.subjects], doing.env)
        done = {}
        for subject in doing.subjects:
            row = sending.post(
                hook, doing.event, self._body(subject, doing), url="" if hook else self.url,
                entity=self.entity.key, record_id=subject.draft.id, rule_id=doing.rule,
                change_id=subject.draft.change_id, owner_id=doing.env.actor.id,
            )  # fmt: skip
            done[subject.draft.id] = {"action": self.key, "delivery": row.key}
        return done

    def _body(self, subject: Subject, doing: Doing) -> Json:
        """What is told: the record as the rule's identity may see it, and what the act changed of that."""
        env, known = doing.env, access.specs(self.entity, doing.env.actor)
        record: Json = {"id": subject.draft.id}
        record |= {name: spec.kind.to_json(spec.get(subject.record), env) for name, spec in known.items()}
        change = {}
        for name, (old, new) in subject.draft.diff.items():
            if name in known:
                kind = known[name].kind
                for model, pk in (*kind.refers(old), *kind.refers(new)):
                    env.refs.load(model, [pk])
                change[name] = {"before": kind.to_json(old, env), "after": kind.to_json(new, env)}
        return {
            "entity": self.entity.key,
            "record": record,
            "change": change,
            "by": {"id": subject.act.actor.id, "name": subject.act.actor.name},
            "rule": {"id": doing.rule},
        }

    def words(self, env: Env) -> str:
        if not self.hook:
            return _("call %(address)s") % {"address": self.url}
        env.refs.load(Webhook, [self.hook])
        card = env.refs.card(Webhook, self.hook)
        return _("call the webhook %(name)s") % {"name": card["name"] if card else "?"}
