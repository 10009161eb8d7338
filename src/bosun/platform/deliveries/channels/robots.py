"""Robots of chat groups: one address each, a body in JSON, and an answer that says in a code whether it was taken."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic, sleep
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.calls import AddressKind
from bosun.platform.deliveries.channels.port import Message, Outcome, Setting
from bosun.platform.outbound.client import Answer

MINUTE = 60.0
MOBILE = re.compile(r"\+?[0-9]{6,15}")
URL = Setting("url", _("Address of the robot"), "secret", required=True, help=_("As the chat program shows it."))


class Robot(ABC):
    """A robot. `passing` are its codes that ask to go slower, with seconds; `broken` those that refuse everything."""

    key: str
    label: Any
    settings: tuple[Setting, ...] = (URL,)
    address_kind: AddressKind = "hook"
    code: ClassVar[tuple[str, ...]] = ("errcode",)
    words: ClassVar[tuple[str, ...]] = ("errmsg",)
    passing: ClassVar[Mapping[int, int]] = {}
    broken: ClassVar[frozenset[int]] = frozenset()
    most: ClassVar[int] = 20
    """So many messages a minute are taken; more, and some chat programs take nothing for a long while."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=self.most)

    def send(self, messages: Iterable[Message], settings: Mapping[str, Any]) -> Iterator[tuple[Message, Outcome]]:
        """Each message's outcome as soon as it is known."""
        yield from calls.one_by_one(messages, lambda message: self._one(message, settings))

    def _pace(self) -> None:
        """Wait for the place of one more message in this minute."""
        if len(self._last) == self.most and (left := self._last[0] + MINUTE - monotonic()) > 0:
            sleep(left)
        self._last.append(monotonic())

    def _one(self, message: Message, settings: Mapping[str, Any]) -> Outcome:
        self._pace()
        answer = calls.post_json(self.address(settings), self.body(message, settings))
        return answer if isinstance(answer, Outcome) else self.heard(answer)

    def address(self, settings: Mapping[str, Any]) -> str:
        """Where to post."""
        return str(settings.get("url") or "")

    @abstractmethod
    def body(self, message: Message, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What to post."""

    def heard(self, answer: Answer) -> Outcome:
        """What the answer means: a status of 200 alone says nothing."""
        told = calls.as_json(answer)
        said = answer.text
        code = _first(told, self.code)
        if not isinstance(code, int):
            return Outcome("again", said)
        said = f"{code} {_first(told, self.words) or ''}".strip()
        if code == 0:
            return Outcome("sent", said)
        if code in self.passing:
            return Outcome("again", said, wait=self.passing[code])
        return Outcome("again", said, down=True) if code in self.broken else Outcome("failed", said)


def _first(told: Any, names: Sequence[str]) -> Any:
    held = told if isinstance(told, Mapping) else {}
    return next((held[name] for name in names if name in held), None)


def mobile(message: Message, country: str = "86") -> str:
    """The number by which the group's program knows a person, without the country where it is its own; or nothing."""
    digits = message.to.partition(";")[0].strip()
    if not MOBILE.fullmatch(digits):
        return ""
    return digits.removeprefix(f"+{country}").removeprefix("+")
