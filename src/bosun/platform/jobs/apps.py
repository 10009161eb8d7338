"""The queue as a Django app."""

from bosun.kernel.apps import BosunApp


class JobsConfig(BosunApp):
    """Work that is done later or takes long."""

    name = "bosun.platform.jobs"
