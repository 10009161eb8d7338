"""Calendar feeds as a Django app."""

from bosun.kernel.apps import BosunApp


class FeedsConfig(BosunApp):
    """Feeds of dates, and invitations."""

    name = "bosun.platform.feeds"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal
        from bosun.platform.deliveries import collecting
        from bosun.platform.feeds import guests, replies

        drafts.projections.append(guests.follow)
        removal.purgers.append(guests.forget)
        collecting.calendars.append(replies.heard)
        collecting.returned.append(replies.returned)
