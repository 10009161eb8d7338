"""Health as a Django app."""

from bosun.kernel.apps import BosunApp


class HealthConfig(BosunApp):
    """Whether everything runs."""

    name = "bosun.platform.health"
