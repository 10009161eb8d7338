"""The kernel as a Django app, and the base of every other app: declarations are read when the apps are ready."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

READ_WHEN_READY = ("entity", "verbs", "handlers", "guards", "slots", "reports", "shipped", "checks", "gallery")


class BosunApp(AppConfig):
    """Imports what an app declares, in one order, once all models are known."""

    default_auto_field = "django.db.models.BigAutoField"
    default = False

    def __init_subclass__(cls) -> None:
        # Django takes an imported base for a second candidate unless only the subclasses are defaults.
        cls.default = True

    def ready(self) -> None:
        for part in READ_WHEN_READY:
            name = f"{self.name}.{part}"
            if self.name != "bosun.kernel" and find_spec(name) is not None:
                import_module(name)


class KernelConfig(BosunApp):
    """The kernel."""

    name = "bosun.kernel"
    label = "kernel"

    def ready(self) -> None:
        connection_created.connect(add_functions, dispatch_uid="bosun_functions")


def add_functions(connection: Any, **_kwargs: Any) -> None:
    """Give SQLite the lower case of Unicode that PostgreSQL has; its own knows ASCII alone."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("bosun_lower", 1, _lower, deterministic=True)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
