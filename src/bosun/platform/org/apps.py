"""People and the company as a Django app; fills the kernel's ports, and seeds what every company has."""

from django.db.models.signals import post_migrate

from bosun.kernel import ports
from bosun.kernel.apps import BosunApp


class OrgConfig(BosunApp):
    """People, departments, positions, roles, and the company itself."""

    name = "bosun.platform.org"

    def ready(self) -> None:
        super().ready()
        from bosun.platform.org import actors, seed

        ports.company = actors.company
        ports.rate = actors.rate
        post_migrate.connect(seed.seed, sender=self, dispatch_uid="org_seed")
