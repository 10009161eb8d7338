"""Reminders as a Django app."""

from bosun.kernel.apps import BosunApp


class RemindersConfig(BosunApp):
    """Reminders and the notices they make."""

    name = "bosun.platform.reminders"
