"""Receiving: a message to one of our addresses becomes a record, once, with the rights of a named identity."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bosun.kernel import drafts, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, DoorError, FieldError, Invalid, NotFound, Unreadable
from bosun.platform.org import actors
from bosun.platform.webhooks import keys, shapes
from bosun.platform.webhooks.models import (
    DONE,
    GITHUB,
    REFUSED,
    STANDARD,
    InboundKey,
    InboundWebhook,
    Received,
)

DOOR = "webhook"
CAME = "hook"
"""The word under which rules hear of it: `customers.hook`."""
MOST_BYTES = 262_144
LONGEST_ID = 200


class Unsigned(Exception):
    """The signature is missing, wrong, or too old."""


@dataclass(frozen=True)
class Outcome:
    """What became of a message: a record made or changed; `again` when it had come before."""

    status: int
    answer: dict[str, Any]
    again: bool = False


def find(token: str) -> InboundWebhook:
    """The inbound webhook of an address; NotFound for unknown ones, and for one that is off."""
    held = InboundKey.objects.select_related("hook").filter(digest=keys.digest(token)).first()
    if held is None or held.hook.deleted_at is not None or not held.hook.enabled:
        raise NotFound()
    found: InboundWebhook = held.hook
    return found


def message_id(hook: InboundWebhook, raw: bytes, headers: Mapping[str, str]) -> str:
    """What tells this message from every other, its signature checked; empty where nothing does. Unsigned otherwise."""
    if hook.signature == STANDARD:
        given = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        try:
            Verifier(keys.secret_of(hook.pk)).verify(raw, given, json_parse=False)
        except (WebhookVerificationError, ValueError, RuntimeError):
            raise Unsigned from None
        return _short_enough(given["webhook-id"])
    if hook.signature == GITHUB:
        said = headers.get("x-hub-signature-256", "")
        meant = hmac.new(keys.secret_of(hook.pk).encode(), raw, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(said.encode(), f"sha256={meant}".encode()):
            raise Unsigned
        # The number of the delivery is not part of what is signed; the signature itself is.
        return f"sha256={meant}"
    return _short_enough(headers.get("webhook-id") or headers.get("idempotency-key") or "")


def _short_enough(message: str) -> str:
    """An id as it is; cut, it could be that of another message. Unreadable where it is too long."""
    if len(message) > LONGEST_ID:
        raise Unreadable(_("The id of a message has %(max)s characters at most.") % {"max": LONGEST_ID})
    return message


def take(hook: InboundWebhook, message: str, body: Any) -> Outcome:
    """Do what a message asks for, in one transaction with the note that it came; the same message is done once."""
    if body is None:
        raise Invalid(_("This message is empty."))
    held = Received.objects.filter(hook=hook, message=message).first() if message else None
    if held is not None and held.state == DONE:
        return Outcome(held.status, held.answer, again=True)
    row = held or Received(hook=hook, message=message or _unnamed(), body=body)
    try:
        with transaction.atomic():
            if held is None:
                row = Received.objects.create(hook=hook, message=row.message, body=body, state=REFUSED, status=0)
            elif (row := Received.objects.select_for_update().get(pk=row.pk)).state == DONE:
                return Outcome(row.status, row.answer, again=True)
            outcome, record = _do(hook, body)
            Received.objects.filter(pk=row.pk).update(
                state=DONE,
                status=outcome.status,
                answer=outcome.answer,
                entity=hook.entity,
                record_id=record,
                body=body,
            )
            return outcome
    except IntegrityError:
        held = Received.objects.filter(hook=hook, message=message, state=DONE).first()
        if held is None:
            raise
        return Outcome(held.status, held.answer, again=True)
    except DoorError as error:
        _note_refusal(hook, row.message, body, error)
        raise


def _unnamed() -> str:
    return f"none:{token_hex(16)}"


def _note_refusal(hook: InboundWebhook, message: str, body: Any, error: DoorError) -> None:
    """What was refused may come again, once the mapping is mended."""
    errors = [{"field": part.field, "message": part.message} for part in getattr(error, "errors", [])]
    told = {"title": error.title, "errors": errors}
    with transaction.atomic():
        Received.objects.update_or_create(
            hook=hook, message=message,
            defaults={"state": REFUSED, "status": error.status, "answer": told, "body": body},
        )  # fmt: skip


def _do(hook: InboundWebhook, body: Any) -> tuple[Outcome, int]:
    entity = registry.find(str(hook.entity))
    who = hook.identity_id or hook.owner_id
    actor = actors.load(who) if who else None
    if entity is None or actor is None:
        raise Denied()
    with translation.override(actor.language):
        raw = values(hook, body)
        draft = _write(entity, raw, hook, actor)
        if draft.failure is not None:
            raise draft.failure
        made = draft.verb == "created"
        _tell_rules(draft, Act(actor, DOOR, cause=f"hook:{hook.pk}"))
    return Outcome(201 if made else 200, {"entity": entity.key, "id": draft.id, "created": made}), draft.id


def values(hook: InboundWebhook, body: Any) -> dict[str, Any]:
    """The fields that a message fills; places that it does not have are left alone."""
    found: dict[str, Any] = {}
    for name, part in (hook.mapping or {}).items():
        value = part["value"] if isinstance(part, Mapping) else shapes.at(part, body)
        if value is not None:
            found[name] = value
    if not found:
        raise Invalid(_("None of the fields was found in this message."))
    return found


def _write(entity: Entity, raw: dict[str, Any], hook: InboundWebhook, actor: Actor) -> Draft:
    env = records.environment(actor)
    there = _same(entity, raw, hook, actor)
    draft = Draft(entity, raw, pk=there, verb="created" if there is None else "changed")
    records.save([draft], Act(actor, DOOR, cause=f"hook:{hook.pk}"), env)
    return draft


def _same(entity: Entity, raw: dict[str, Any], hook: InboundWebhook, actor: Actor) -> int | None:
    """The record that the message is about, where it is open to the identity."""
    if not hook.match:
        return None
    if hook.match not in raw:
        raise Invalid([FieldError(hook.match, _("The message does not hold what its record is found by."))])
    leaf = {"field": hook.match, "op": "is", "value": raw[hook.match]}
    found = records.query(entity, actor).filter(leaf).page(limit=2).items
    if len(found) > 1:
        raise Invalid([FieldError(hook.match, _("Several records have this value."))])
    return int(found[0].pk) if found else None


def _tell_rules(draft: Draft, act: Act) -> None:
    """Let the rules of the event "a webhook brought it" act, in the same transaction."""
    record = draft.entity.model._default_manager.get(pk=draft.id)
    came = Draft(draft.entity, {}, record=record, pk=draft.id, verb=CAME, diff=draft.diff, change_id=draft.change_id)
    env = records.environment(act.actor)
    for reaction in drafts.reactions:
        reaction([came], act, env)
