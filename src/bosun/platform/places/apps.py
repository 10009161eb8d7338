"""Countries, provinces, cities and districts as one tree as a Django app."""

from bosun.kernel.apps import BosunApp


class PlacesConfig(BosunApp):
    """Countries, provinces, cities and districts as one tree."""

    name = "bosun.platform.places"
