"""Calls under an Idempotency-Key happen once: the key is written in the transaction of what the call did.

A key is held for 24 hours for each caller. A call that failed leaves nothing behind, so that it may be corrected.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api.dispatch import Call
from bosun.api.models import KeptCall
from bosun.kernel.errors import Invalid, Objected, Unreadable
from bosun.lib import clock

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
LONGEST = 200


@dataclass(frozen=True)
class Done:
    """What a call did: the record it made or changed."""

    record_id: int
    again: bool = False


def once(call: Call, entity: str, work: Callable[[], int]) -> Done:
    """Do the work, or tell what it did under the same key before. `work` answers the id of a record."""
    if HEADER not in call.request.headers:
        return Done(work())
    key, digest = _key(call.request.headers[HEADER]), digest_of(call)
    asked: Objected | None = None
    pk = 0
    try:
        with transaction.atomic():
            _forget_old()
            kept = KeptCall.objects.create(caller=call.caller.key, key=key, digest=digest, entity=entity)
            try:
                pk = work()
            except Objected as error:
                # What guards write down when they object, such as how often somebody asked, must not go with the key.
                asked = error
                KeptCall.objects.filter(pk=kept.pk).delete()
            else:
                KeptCall.objects.filter(pk=kept.pk).update(record_id=pk)
    except IntegrityError:
        held = KeptCall.objects.filter(caller=call.caller.key, key=key).first()
        if held is None or held.record_id is None:
            raise
        if held.digest != digest:
            raise Invalid(_("This Idempotency-Key was used for something else. Take a new one.")) from None
        return Done(held.record_id, again=True)
    if asked is not None:
        raise asked
    return Done(pk)


def _key(given: str) -> str:
    if not 0 < len(given) <= LONGEST or not given.isascii() or not given.isprintable():
        message = _("An Idempotency-Key is 1 to %(most)s printable ASCII characters.") % {"most": LONGEST}
        raise Unreadable(message)
    return given


def digest_of(call: Call) -> str:
    """What tells one call from another: method, address and body."""
    said = f"{call.request.method} {call.request.get_full_path()}\n".encode() + call.request.body
    return hashlib.sha256(said).hexdigest()


def _forget_old() -> None:
    KeptCall.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()


def mark(response: HttpResponse, done: Done) -> HttpResponse:
    """Say so when an answer is that of an earlier call."""
    if done.again:
        response["Idempotent-Replayed"] = "true"
    return response
