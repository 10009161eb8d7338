"""Search as a Django app; keeps its documents in the transaction of each change."""

from django.db.models.signals import post_migrate

from bosun.kernel.apps import BosunApp


class SearchConfig(BosunApp):
    """Search over every entity."""

    name = "bosun.platform.search"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, query, removal
        from bosun.platform.search import finding, index

        drafts.projections.append(index.follow)
        removal.purgers.append(index.forget)
        query.searcher[:] = [finding.condition]
        post_migrate.connect(index.renew, sender=self, dispatch_uid="search_renew")
