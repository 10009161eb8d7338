"""Duplicates as a Django app; keys follow the records in the transaction of each change."""

from bosun.kernel.apps import BosunApp


class DedupeConfig(BosunApp):
    """Likely duplicates."""

    name = "bosun.platform.dedupe"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts, removal
        from bosun.platform.dedupe import index

        drafts.projections.append(index.follow)
        removal.purgers.append(index.forget)
