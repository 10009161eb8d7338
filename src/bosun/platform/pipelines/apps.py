"""Pipelines as a Django app."""

from django.db.models.signals import post_migrate

from bosun.kernel.apps import BosunApp


class PipelinesConfig(BosunApp):
    """Pipelines and their stages."""

    name = "bosun.platform.pipelines"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal
        from bosun.platform.pipelines import shipped, stays

        drafts.projections.append(stays.follow)
        removal.purgers.append(stays.forget)
        post_migrate.connect(shipped.seed, sender=self, dispatch_uid="pipelines_seed")
