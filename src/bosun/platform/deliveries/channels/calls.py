"""What channels that call an address outside have in common: the call, what its status means, and how much is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.outbound import client
from bosun.platform.outbound.client import Answer, asked_to_wait
from bosun.platform.outbound.guard import Unreachable, refusal

AddressKind = Literal["email", "phone", "push", "hook", "none"]
SAID = 1000
"""Characters of an answer that are kept, once the secrets in it are hidden."""
MOST_ANSWER = 65_536
PASSING = frozenset((408, 409, 423, 425, 429))
JSON_TYPE = "application/json; charset=utf-8"


def one_by_one(messages: Iterable[Message], ask: Callable[[Message], Outcome]) -> Iterator[tuple[Message, Outcome]]:
    """Each message in turn; once nobody answers, or all are asked to wait, the rest is not even tried."""
    held: Outcome | None = None
    for message in messages:
        outcome = held or ask(message)
        if outcome.down or outcome.wait:
            held = outcome
        yield message, outcome


def call(
    url: str,
    *,
    method: str = "POST",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    private: Mapping[str, str] | None = None,
    seconds: float = client.SECONDS,
) -> Answer | Outcome:
    """The answer of a gateway that took the request, or the outcome where there is none or its status refuses."""
    try:
        answer = client.fetch(
            url, method, body=body, headers=headers, private=private, seconds=seconds, most=MOST_ANSWER
        )
    except Unreachable:
        return Outcome("again", refusal(), down=True)
    said = f"{answer.status} {answer.text}".strip()
    if 200 <= answer.status < 300:
        return answer
    wait = asked_to_wait(answer)
    if answer.status >= 500 or answer.status in PASSING:
        return Outcome("again", said, wait=wait)
    return Outcome("failed", said)


def post_json(url: str, body: Mapping[str, Any], private: Mapping[str, str] | None = None) -> Answer | Outcome:
    """The same with a body in JSON, in letters as they are."""
    said = json.dumps(body, ensure_ascii=False).encode()
    return call(url, body=said, headers={"Content-Type": JSON_TYPE}, private=private)


def as_json(answer: Answer) -> Any:
    """The body as JSON; None where it is none."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def whole(message: Message) -> str:
    """Subject and text as one text."""
    text = message.text.strip()
    return text if text.startswith(message.subject) else f"{message.subject}\n{text}".strip()


def short(message: Message) -> str:
    """What fits on a small screen: the subject, and where to go on."""
    return f"{message.subject} {message.url}".strip()


def cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, whole characters, with a sign that there was more."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - 3].decode("utf-8", "ignore") + "…"


def of_channel(outcome: Outcome) -> Outcome:
    """The same where the channel is refused, not this message: it passes once the channel is mended."""
    return replace(outcome, state="again", down=True)
