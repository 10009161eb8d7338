"""Option lists as a Django app."""

from django.db.models.signals import post_migrate

from bosun.kernel import ports
from bosun.kernel.apps import BosunApp


class OptionsConfig(BosunApp):
    """Option lists that the company edits."""

    name = "bosun.platform.options"

    def ready(self) -> None:
        super().ready()
        from bosun.platform.options import lists

        ports.options = lists.options
        post_migrate.connect(lists.seed, sender=self, dispatch_uid="options_seed")
