"""Deliveries as a Django app."""

from bosun.kernel.apps import BosunApp


class DeliveriesConfig(BosunApp):
    """Notices on their way through channels."""

    name = "bosun.platform.deliveries"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.platform.deliveries import configured, entering
        from bosun.platform.deliveries.channels import CHANNELS
        from bosun.platform.reminders import channels, notices

        notices.entered.append(entering.enter)
        notices.read.append(entering.read)
        notices.shown.append(entering.revive)
        drafts.projections.extend([entering.heed, entering.follow])
        channels.usable.append(configured.enabled)
        channels.KNOWN.update({key: each.label for key, each in CHANNELS.items()})
