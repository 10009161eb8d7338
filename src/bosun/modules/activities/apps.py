"""Follow-ups and what they promise as a Django app."""

from bosun.kernel.apps import BosunApp


class ActivitiesConfig(BosunApp):
    """Follow-ups and what they promise."""

    name = "bosun.modules.activities"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.modules.activities import followed

        drafts.projections.append(followed.take_back)
