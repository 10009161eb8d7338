"""Webhooks as a Django app."""

from bosun.kernel.apps import BosunApp


class WebhooksConfig(BosunApp):
    """Webhooks out and in."""

    name = "bosun.platform.webhooks"
