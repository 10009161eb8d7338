"""Push to browsers as a Django app."""

from bosun.kernel.apps import BosunApp


class PushConfig(BosunApp):
    """Browsers of people, and how they are told."""

    name = "bosun.platform.push"
