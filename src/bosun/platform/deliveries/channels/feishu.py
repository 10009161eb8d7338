"""Feishu and Lark (飞书): the robot of a group, its calls signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from bosun.lib import clock
from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.port import Message, Setting
from bosun.platform.deliveries.channels.robots import URL, Robot

LONGEST = 18_000
SECRET = Setting("secret", _("Secret to sign with"), "secret", help=_("Empty where the robot does not ask for one."))


class Feishu(Robot):
    """A group's robot."""

    key = "feishu"
    label = _("Feishu")
    settings: tuple[Setting, ...] = (URL, SECRET)
    code, words = ("code", "StatusCode"), ("msg", "StatusMessage")
    most = 100
    passing = {11232: 60, 9499: 60}
    broken = frozenset((19001, 19021, 19022, 19024))

    def body(self, message: Message, settings: Mapping[str, Any]) -> dict[str, Any]:
        """A text, with the time and the signature over it."""
        body: dict[str, Any] = {
            "msg_type": "text",
            "content": {"text": calls.cut(calls.whole(message), LONGEST)},
        }
        if secret := str(settings.get("secret") or ""):
            at = str(int(clock.now().timestamp()))
            sign = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
            body |= {"timestamp": at, "sign": base64.b64encode(sign).decode()}
        return body
