"""Customers and the people who work there as a Django app."""

from bosun.kernel.apps import BosunApp


class CustomersConfig(BosunApp):
    """Customers and the people who work there."""

    name = "bosun.modules.customers"
