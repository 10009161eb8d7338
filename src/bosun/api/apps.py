"""The API as a Django app."""

from bosun.kernel.apps import BosunApp


class ApiConfig(BosunApp):
    """The REST API."""

    name = "bosun.api"
