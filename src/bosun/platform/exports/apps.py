"""Exports as a Django app."""

from bosun.kernel.apps import BosunApp


class ExportsConfig(BosunApp):
    """Records taken out as tables."""

    name = "bosun.platform.exports"
