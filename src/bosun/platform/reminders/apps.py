"""Reminders as a Django app."""

from bosun.kernel.apps import BosunApp


class RemindersConfig(BosunApp):
    """Reminders, their occurrences and the notices they make."""

    name = "bosun.platform.reminders"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal
        from bosun.platform.reminders import follow, untouched

        drafts.projections.append(follow.project)
        drafts.reactions.append(follow.go_along)
        removal.purgers.append(untouched.go_along)
