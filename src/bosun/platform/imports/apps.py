"""Imports as a Django app."""

from bosun.kernel.apps import BosunApp


class ImportsConfig(BosunApp):
    """Tables brought in, and taken back."""

    name = "bosun.platform.imports"
