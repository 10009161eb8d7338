"""Invented fields and objects as a Django app; the one source of invented specs for the kernel."""

from bosun.kernel.apps import BosunApp


class CustomizeConfig(BosunApp):
    """Fields and objects that users invent."""

    name = "bosun.platform.customize"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel.entity import provide_custom_specs
        from bosun.platform.customize import loader

        provide_custom_specs(loader.specs_of)
