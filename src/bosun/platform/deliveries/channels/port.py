"""What a channel is: it takes messages, and says of each what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from bosun.platform.deliveries.composing import Letter


@dataclass(frozen=True)
class Message:
    """What one person is told through one channel. `key` is the same on every try."""

    key: str
    to: str
    language: str
    subject: str  # one line
    text: str  # plain, with the links written out
    html: str = ""
    url: str = ""  # absolute, of the record or the notice
    done_url: str = ""  # signed page with the button Done, in what is private alone
    letter: Letter | None = None  # as a mail, where that says more than the message


@dataclass(frozen=True)
class Outcome:
    """What became of one try. `sent`: taken by the gateway; `delivered`: known to have arrived; `again`: may pass;
    `failed`: final.
    """

    state: Literal["sent", "delivered", "again", "failed"]
    said: str = ""  # the gateway's words, ≤ 1000 characters
    reference: str = ""  # the gateway's id, by which reports come back
    wait: int = 0  # seconds asked for (Retry-After)
    dead: bool = False  # this address will never take anything
    down: bool = False  # nothing would be taken: the channel, not the message
    silent: bool = False  # nobody answered: `said` are words of our own side


@dataclass(frozen=True)
class Setting:
    """A value of the channel's settings page."""

    key: str
    label: Any  # gettext_lazy
    kind: Literal["text", "number", "flag", "secret", "choice"] = "text"
    initial: Any = ""
    help: Any = ""
    choices: Mapping[str, Any] = field(default_factory=dict)
    required: bool = False


class Channel(Protocol):
    """One way to tell people something."""

    key: str  # "email", "sms", "wecom" …
    label: Any
    settings: tuple[Setting, ...]
    address_kind: Literal["email", "phone", "push", "hook", "none"]
    # `parallel`, where it is there: so many threads of a worker may send at once; else one.
    # `private`, where it is true: one person alone reads what it takes, and may be handed signed links in it.

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """Each message's outcome as soon as it is known; raises nothing for what the other side does."""
        ...
