"""The channels that are there, by key. A channel is one file of this package."""

from __future__ import annotations

from bosun.platform.deliveries.channels.apprise import Apprise
from bosun.platform.deliveries.channels.dingtalk import DingTalk
from bosun.platform.deliveries.channels.email import Email
from bosun.platform.deliveries.channels.feishu import Feishu
from bosun.platform.deliveries.channels.port import Channel
from bosun.platform.deliveries.channels.slack import Slack
from bosun.platform.deliveries.channels.smpp import Smpp
from bosun.platform.deliveries.channels.sms_http import SmsHttp
from bosun.platform.deliveries.channels.webpush import WebPush
from bosun.platform.deliveries.channels.wecom import WeCom

_ALL: tuple[Channel, ...] = (
    Email(), WebPush(), SmsHttp(), Smpp(), WeCom(), DingTalk(), Feishu(), Slack(), Apprise(),
)  # fmt: skip
CHANNELS: dict[str, Channel] = {each.key: each for each in _ALL}
