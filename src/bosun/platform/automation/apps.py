"""Automation as a Django app."""

from bosun.kernel.apps import BosunApp


class AutomationConfig(BosunApp):
    """Rules and their runs."""

    name = "bosun.platform.automation"
    label = "automation"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import drafts
        from bosun.platform.automation import engine, gallery, guarding, hooked, own
        from bosun.platform.webhooks import sending

        drafts.reactions.append(engine.react)
        drafts.projections.append(guarding.keep_answers)
        gallery.sources.append(own.templates)
        drafts.guard("*", guarding.ask)
        sending.completing.append(hooked.run_of)
