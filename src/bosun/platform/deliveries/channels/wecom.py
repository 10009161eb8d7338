"""WeCom (企业微信): the robot of a group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.port import Message
from bosun.platform.deliveries.channels.robots import Robot, mobile

LONGEST = 2048


class WeCom(Robot):
    """A group's robot, which may name a person by the mobile number."""

    key = "wecom"
    label = _("WeCom")
    passing = {45009: 60, -1: 30}
    broken = frozenset((93000, 93004, 93008, 93017))

    def body(self, message: Message, settings: Mapping[str, Any]) -> dict[str, Any]:
        """A text of 2,048 bytes at most."""
        text: dict[str, Any] = {"content": calls.cut(calls.whole(message), LONGEST)}
        if number := mobile(message):
            text["mentioned_mobile_list"] = [number]
        return {"msgtype": "text", "text": text}
