"""The pages as a Django app."""

from bosun.kernel.apps import BosunApp


class WebConfig(BosunApp):
    """Pages over everything that is declared."""

    name = "bosun.web"
