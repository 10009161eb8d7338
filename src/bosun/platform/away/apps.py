"""Standing in for somebody as a Django app."""

from bosun.kernel.apps import BosunApp


class AwayConfig(BosunApp):
    """Who stands in for whom, and what follows from it."""

    name = "bosun.platform.away"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import access, drafts
        from bosun.platform.away import leaving, lending, periods, routing
        from bosun.platform.reminders import notices

        access.lent.append(lending.lend)
        drafts.guard("*", lending.name_both)
        drafts.projections.append(periods.follow)
        drafts.reactions.append(leaving.end_what_runs)
        notices.routing.append(routing.route)
