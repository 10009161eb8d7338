"""Invented fields and objects as a Django app; the one source of invented specs for the kernel."""

from bosun.kernel.apps import BosunApp


class CustomizeConfig(BosunApp):
    """Fields and objects that users invent."""

    name = "bosun.platform.customize"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal, stamps
        from bosun.kernel.entity import provide_custom_specs
        from bosun.platform.customize import loader, objects, optionlists, uniques, values
        from bosun.platform.options import lists

        provide_custom_specs(loader.specs_of)
        stamps.followers.append(objects.follow)
        removal.purgers += [values.forget_references, values.spend_keys]
        drafts.projections.append(uniques.follow)
        lists.further.append(optionlists.known)
