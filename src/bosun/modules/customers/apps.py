"""Customers and the people who work there as a Django app; seeds how often each grade wants contact."""

from django.db.models.signals import post_migrate

from bosun.kernel.apps import BosunApp


class CustomersConfig(BosunApp):
    """Customers and the people who work there."""

    name = "bosun.modules.customers"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal
        from bosun.modules.customers import cards, seed
        from bosun.platform.away import routing

        drafts.projections.append(cards.follow)
        removal.purgers.append(cards.forget)
        post_migrate.connect(seed.seed, sender=self, dispatch_uid="customers_seed")
        routing.named.add(cards.KIND)
