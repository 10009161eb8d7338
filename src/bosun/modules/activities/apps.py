"""Follow-ups and what they promise as a Django app."""

from bosun.kernel.apps import BosunApp


class ActivitiesConfig(BosunApp):
    """Follow-ups and what they promise."""

    name = "bosun.modules.activities"
