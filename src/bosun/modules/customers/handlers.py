"""What customers do in the queue."""

from __future__ import annotations

from bosun.kernel import ports
from bosun.kernel.actor import Act, system_actor
from bosun.lib import clock
from bosun.modules.customers import services, telling
from bosun.platform.jobs.declared import every, job
from bosun.platform.jobs.running import Running

CHUNK = 500


@every(15, "customers.cycle")
def remind() -> None:
    """Tell people whom to be in touch with, in the morning of their day."""
    telling.remind(clock.now())


@job(services.REPLAN)
def replan(running: Running) -> None:
    """Compute the next contact of all customers of some grades anew. Doing it twice changes nothing."""
    grades = [str(grade) for grade in running.args["grades"]]
    act = Act(system_actor(), "system", cause="contact cycle")
    total, done, last = services.concerned(grades).count(), 0, 0
    while ids := list(services.concerned(grades).filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        with running.atomic():
            services.replan_some(ids, act, ports.company().zone)
        done, last = done + len(ids), ids[-1]
        running.progress(done, total)
