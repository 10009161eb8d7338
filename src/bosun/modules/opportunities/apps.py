"""Opportunities as a Django app."""

from bosun.kernel.apps import BosunApp


class OpportunitiesConfig(BosunApp):
    """Sales in progress."""

    name = "bosun.modules.opportunities"
