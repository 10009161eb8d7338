"""Automation as a Django app."""

from bosun.kernel.apps import BosunApp


class AutomationConfig(BosunApp):
    """Rules and their runs."""

    name = "bosun.platform.automation"
    label = "automation"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.platform.automation import engine, guarding

        drafts.reactions.append(engine.react)
        drafts.guard("*", guarding.ask)
