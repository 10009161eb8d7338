"""Followers as a Django app."""

from bosun.kernel.apps import BosunApp


class FollowersConfig(BosunApp):
    """Who follows which record."""

    name = "bosun.platform.followers"
