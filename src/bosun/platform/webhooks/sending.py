"""Sending: a message is entered with what it tells, and sent until the other side has it or it makes no sense.

The row and its job are written in the transaction of the act. A worker that dies after sending sends again, under the
same key, which the receiver knows. A webhook that fails is asked less and less often, by all its messages together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import Min, Q
from django.utils import translation
from django.utils.translation import gettext as _
from standardwebhooks import Webhook as Signer

from bosun.kernel import records
from bosun.kernel.actor import Act, system_actor
from bosun.kernel.errors import Invalid
from bosun.lib import clock
from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job
from bosun.platform.jobs.running import Running
from bosun.platform.org import actors
from bosun.platform.outbound import client
from bosun.platform.outbound.client import asked_to_wait
from bosun.platform.outbound.guard import Unreachable
from bosun.platform.reminders import services as notices
from bosun.platform.webhooks import keys
from bosun.platform.webhooks.models import PARKED, SENT, WAITING, Delivery, Webhook, WebhookState

JOB = "webhooks.send"
PAUSES = (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600)
"""Seconds between one try and the next; after the last one it is given up."""
AGAIN = frozenset((408, 409, 423, 425, 429))
"""Refusals that may pass; all other 4xx are final."""
GONE = 410
OFF_AFTER = 5
"""So many messages in a row that were given up switch the webhook off."""
PAUSED_AFTER, FIRST_PAUSE, LONGEST_PAUSE = 3, 5, 3600
ANSWER, MOST_ANSWER = 1000, 65_536
PRIORITY = 7
TRIED = ("attempts", "tries", "status", "answer", "error", "next_at")

completing: list[Callable[[Delivery], Mapping[str, Any]]] = []
"""What is known of a message only after the act that it tells: the run that sent it."""


def post(hook: Webhook | None, event: str, body: Mapping[str, Any], **about: Any) -> Delivery:
    """Enter a message to a webhook, or to the `url` given, in the running transaction."""
    key = f"msg_{token_hex(16)}"
    whole = {"id": key, "type": event, "timestamp": _moment(clock.now()), **body}
    row = Delivery.objects.create(key=key, hook=hook, event=event, body=whole, **about)
    _enqueue(row, clock.now())
    return row


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _enqueue(row: Delivery, at: datetime) -> None:
    queue.enqueue(JOB, {"delivery": row.pk}, priority=PRIORITY, at=at, unique=f"webhook:{row.pk}:{token_hex(4)}")


def test(hook: Webhook) -> Delivery:
    """Send something that says nothing, to see whether it arrives."""
    with transaction.atomic():
        _at_once(hook)
        return post(hook, "webhooks.test", {"webhook": hook.name}, owner_id=hook.owner_id)


def _at_once(hook: Webhook | None) -> None:
    """Somebody asks for it: no pause holds it back."""
    if hook is not None:
        WebhookState.objects.filter(pk=hook.pk).update(paused_until=None)


@transaction.atomic
def again(pk: int) -> Delivery | None:
    """Send a message once more, under its old key; Invalid while it is still on its way."""
    row = Delivery.objects.select_for_update(of=("self",)).select_related("hook").filter(pk=pk).first()
    if row is None:
        return None
    if row.state == WAITING:
        raise Invalid(_("It is still on its way."))
    if row.hook is not None and not row.hook.enabled:
        raise Invalid(_("Switch the webhook on first."))
    _at_once(row.hook)
    Delivery.objects.filter(pk=pk).update(state=WAITING, tries=0, error="", next_at=None, ended_at=None)
    _enqueue(row, clock.now())
    return Delivery.objects.get(pk=pk)


# the job ---------------------------------------------------------------------------------------------------------


def send(running: Running) -> None:
    """One try. Nothing is lost when the worker ends in the midst of it: the job comes back."""
    # Somebody starts the job again with which it was stopped.
    Delivery.objects.filter(pk=running.args["delivery"], state=PARKED, error="stopped").update(
        state=WAITING, error="", ended_at=None
    )
    row = Delivery.objects.select_related("hook").filter(pk=running.args["delivery"], state=WAITING).first()
    if row is None:
        return
    hook = row.hook
    state = WebhookState.objects.filter(pk=hook.pk).first() if hook else None
    if hook is not None and (hook.deleted_at is not None or not hook.enabled):
        with running.atomic():
            _end(row, PARKED, "off")
        return
    until = _paused_until(row, state)
    if until is not None and until > clock.now():
        with running.atomic():
            Delivery.objects.filter(pk=row.pk, state=WAITING).update(next_at=until)
            _enqueue(row, until)
        return
    _complete(row)
    answer = _try(row, state)
    with running.atomic():
        _conclude(row, state, answer)


def given_up(job: Job) -> None:
    """A job that ended too many workers, or was cancelled, is not done any more: its message does not wait for it."""
    row = Delivery.objects.select_related("hook").filter(pk=job.args["delivery"], state=WAITING).first()
    if row is not None:
        _end(row, PARKED, "stopped")
        _tell(row.owner_id, f"webhook:{row.pk}", _given_up, "", 0, host=_host(row.hook.url if row.hook else row.url))


def _paused_until(row: Delivery, state: WebhookState | None) -> datetime | None:
    """Until when nothing goes to that address: one without a webhook is held up by its own message that met silence."""
    if state is None:
        silent = Delivery.objects.filter(_to_the_same(row), error="unreachable", next_at__gt=clock.now())
        until: datetime | None = silent.aggregate(until=Min("next_at"))["until"]
    else:
        until = state.paused_until
    return until


def _to_the_same(row: Delivery) -> Q:
    """The other messages that wait to be sent to an address in a rule itself."""
    return Q(hook=None, url=row.url, state=WAITING) & ~Q(pk=row.pk)


def _complete(row: Delivery) -> None:
    """What every copy says alike is settled before the first one goes."""
    if row.whole:
        return
    for further in completing:
        row.body = {**row.body, **further(row)}
    row.whole = True
    _keep(row, "body", "whole")


def _keep(row: Delivery, *names: str) -> None:
    Delivery.objects.filter(pk=row.pk).update(**{name: getattr(row, name) for name in names})


def _try(row: Delivery, state: WebhookState | None) -> client.Answer | None:
    """The answer; None where there is none."""
    now = clock.now()
    said = json.dumps(row.body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    private = {"webhook-id": row.key, "webhook-timestamp": str(int(now.timestamp()))}
    if state is not None:
        private["webhook-signature"] = " ".join(Signer(each).sign(row.key, now, said) for each in keys.signing(state))
    url = row.hook.url if row.hook else row.url
    private |= (row.hook.headers or {}) if row.hook else {}
    plain = {"Content-Type": "application/json; charset=utf-8"}
    try:
        return client.fetch(url, "POST", body=said.encode(), headers=plain, private=private, most=MOST_ANSWER)
    except Unreachable:
        return None


def _conclude(row: Delivery, state: WebhookState | None, answer: client.Answer | None) -> None:
    row.attempts, row.tries = row.attempts + 1, row.tries + 1
    row.status, row.answer = (answer.status, answer.text[:ANSWER]) if answer else (None, "")
    if answer is not None and 200 <= answer.status < 300:
        _end(row, SENT, "")
        _well(state)
        return
    final = answer is not None and answer.status < 500 and answer.status not in AGAIN
    if final or row.tries > len(PAUSES):
        _end(row, PARKED, "refused" if answer else "unreachable")
        _gave_up(row, state)
        return
    wait = max(PAUSES[row.tries - 1], asked_to_wait(answer))
    row.error, row.next_at = "refused" if answer else "unreachable", clock.now() + timedelta(seconds=wait)
    _keep(row, *TRIED)
    _enqueue(row, row.next_at)
    _badly(state, asked_to_wait(answer), silent=answer is None)


def _end(row: Delivery, state: str, error: str) -> None:
    row.state, row.error, row.next_at, row.ended_at = state, error, None, clock.now()
    _keep(row, *TRIED, "state", "ended_at")


# how a webhook is doing ------------------------------------------------------------------------------------------


def _well(state: WebhookState | None) -> None:
    if state is not None and (state.failures or state.given_up or state.paused_until):
        WebhookState.objects.filter(pk=state.pk).update(failures=0, given_up=0, paused_until=None)


def _badly(state: WebhookState | None, asked: int, silent: bool) -> None:
    """After some failures in a row, or one silence, nothing is sent for a while: a dead address holds nobody up."""
    if state is None:
        return
    failures = state.failures + 1
    pause = asked
    before = 1 if silent else PAUSED_AFTER
    if failures >= before:
        pause = max(pause, min(FIRST_PAUSE * 2 ** min(failures - before, 20), LONGEST_PAUSE))
    until = clock.now() + timedelta(seconds=pause) if pause else None
    WebhookState.objects.filter(pk=state.pk).update(failures=failures, paused_until=until)


def _gave_up(row: Delivery, state: WebhookState | None) -> None:
    if row.hook is None or state is None:
        if row.status is None:
            Delivery.objects.filter(_to_the_same(row)).update(
                state=PARKED, error=row.error, next_at=None, ended_at=clock.now()
            )
        _tell(row.owner_id, f"webhook:{row.pk}", _given_up, "", 0, host=_host(row.url))
        return
    WebhookState.objects.filter(pk=state.pk).update(given_up=state.given_up + 1)
    if row.status == GONE or state.given_up + 1 >= OFF_AFTER:
        because = Act(system_actor(), "system", cause="failed too often")
        records.change("webhooks", row.hook.pk, {"enabled": False}, because)
        WebhookState.objects.filter(pk=state.pk).update(failures=0, given_up=0, paused_until=None)
        key = f"webhook:{row.hook.pk}:off:{row.pk}"
        _tell(row.hook.owner_id, key, _switched_off, "webhooks", row.hook.pk, name=row.hook.name)


def _switched_off(name: str) -> str:
    return _("The webhook “%(name)s” did not take its messages any more and was switched off.") % {"name": name}


def _given_up(host: str) -> str:
    return _("A message to %(host)s was given up: it was not taken.") % {"host": host}


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0][:100]


def _tell(person: int | None, key: str, text: Callable[..., str], entity: str, pk: int, **named: str) -> None:
    reader = actors.load(person) if person else None
    if reader is None or person is None:
        return
    with translation.override(reader.language):
        notices.tell(person, key, text(**named), entity, pk, clock.now())
