"""Working hours, holidays and the day's frame as a Django app."""

from bosun.kernel.apps import BosunApp


class WorkdayConfig(BosunApp):
    """Working hours, holidays and the day's frame."""

    name = "bosun.platform.workday"
