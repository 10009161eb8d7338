"""Standing in for somebody as a Django app."""

from bosun.kernel.apps import BosunApp


class AwayConfig(BosunApp):
    """Who stands in for whom, and what follows from it."""

    name = "bosun.platform.away"

    def ready(self) -> None:
        super().ready()
        from bosun.kernel import access, drafts, removal
        from bosun.platform.away import checking, leaving, lending, periods, returning, routing
        from bosun.platform.reminders import notices, opening

        access.lent.append(lending.lend)
        drafts.guard("*", lending.name_both)
        for verb in ("created", "changed"):
            drafts.guard(f"delegations.{verb}", checking.may_do)
        drafts.guard("delegations.restored", checking.stands_again)
        drafts.projections += [periods.follow, returning.follow]
        drafts.reactions.append(leaving.end_what_runs)
        removal.purgers.append(returning.end)
        notices.routing.append(routing.route)
        opening.also += [periods.people_of, routing.left_to]
