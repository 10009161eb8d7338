"""Subscriptions as a Django app."""

from bosun.kernel.apps import BosunApp


class SubscriptionsConfig(BosunApp):
    """Lists and figures at fixed times."""

    name = "bosun.platform.subscriptions"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.platform.deliveries import asking, writing
        from bosun.platform.subscriptions import letters, planning

        drafts.projections.append(planning.follow)
        writing.writers[letters.KIND] = letters.message
        asking.unwanted.append(letters.unwanted)
