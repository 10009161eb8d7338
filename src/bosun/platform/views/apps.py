"""Saved views as a Django app."""

from bosun.kernel.apps import BosunApp


class ViewsConfig(BosunApp):
    """Saved views."""

    name = "bosun.platform.views"
    label = "views"
