"""Sign-in as a Django app; log-ins follow people through the door."""

from bosun.kernel.apps import BosunApp


class AccountsConfig(BosunApp):
    """Sign-in, passwords and tokens."""

    name = "bosun.platform.accounts"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.platform.accounts import services

        drafts.projections.append(services.follow_people)
