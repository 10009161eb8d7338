"""Countries, provinces, cities and districts as one tree as a Django app; the tree that ships is loaded once."""

from django.db.models.signals import post_migrate

from bosun.kernel.apps import BosunApp


class PlacesConfig(BosunApp):
    """Countries, provinces, cities and districts as one tree."""

    name = "bosun.platform.places"

    def ready(self) -> None:
        super().ready()
        from bosun.platform.places import seed

        post_migrate.connect(seed.seed, sender=self, dispatch_uid="places_seed")
