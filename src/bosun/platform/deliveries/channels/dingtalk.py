"""DingTalk (钉钉): the robot of a group, its calls signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from bosun.lib import clock
from bosun.platform.deliveries.channels import calls
from bosun.platform.deliveries.channels.port import Message, Setting
from bosun.platform.deliveries.channels.robots import URL, Robot, mobile

LONGEST = 18_000
SECRET = Setting("secret", _("Secret to sign with"), "secret", help=_("Begins with SEC; empty where it does not sign."))


class DingTalk(Robot):
    """A group's robot, which may name a person by the mobile number."""

    key = "dingtalk"
    label = _("DingTalk")
    settings: tuple[Setting, ...] = (URL, SECRET)
    # More than twenty a minute, and it takes nothing for ten minutes.
    passing = {130101: 600, 410100: 600, -1: 30}
    broken = frozenset((310000, 300001, 300005, 400101, 400102, 400105, 400106))

    def address(self, settings: Mapping[str, Any]) -> str:
        """The robot's address with the time and the signature over it."""
        url, secret = super().address(settings), str(settings.get("secret") or "")
        if not secret:
            return url
        at = str(int(clock.now().timestamp() * 1000))
        sign = base64.b64encode(hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest())
        return f"{url}{'&' if '?' in url else '?'}{urlencode({'timestamp': at, 'sign': sign.decode()})}"

    def body(self, message: Message, settings: Mapping[str, Any]) -> dict[str, Any]:
        """A text."""
        number = mobile(message)
        text = calls.cut(calls.whole(message), LONGEST)
        at = {"atMobiles": [number] if number else [], "isAtAll": False}
        return {"msgtype": "text", "text": {"content": f"{text} @{number}" if number else text}, "at": at}
