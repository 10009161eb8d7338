"""Slack: an incoming webhook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.channels.robots import Robot
from bosun.platform.outbound.client import Answer

LONGEST = 4000
BROKEN = ("invalid_token", "no_service", "no_active_hooks", "action_prohibited", "channel_not_found", "team_disabled")


class Slack(Robot):
    """An incoming webhook: it answers in words, `ok` where it took the message."""

    key = "slack"
    label: Any = "Slack"
    most = 60

    def _one(self, message: Message, settings: Mapping[str, Any]) -> Outcome:
        outcome = super()._one(message, settings)
        if outcome.state == "failed" and any(word in outcome.said for word in BROKEN):
            return replace(outcome, state="again", down=True)
        return outcome

    def body(self, message: Message, settings: Mapping[str, Any]) -> dict[str, Any]:
        """A text in which nothing is read as a command."""
        text = calls.cut(calls.whole(message), LONGEST)
        return {"text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")}

    def heard(self, answer: Answer) -> Outcome:
        """Taken where it says so."""
        said = answer.text.strip()
        return Outcome("sent", said) if said == "ok" else Outcome("again", said)
