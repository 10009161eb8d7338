"""Calls to the outside as a Django app."""

from bosun.kernel.apps import BosunApp


class OutboundConfig(BosunApp):
    """Calls to the outside, and the hosts inside that an administrator allows."""

    name = "bosun.platform.outbound"
