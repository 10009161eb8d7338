"""Reminders as a Django app."""

from bosun.kernel.apps import BosunApp


class RemindersConfig(BosunApp):
    """Reminders and the notices they make."""

    name = "bosun.platform.reminders"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.platform.reminders import rules

        drafts.projections.append(rules.follow)
