"""What opportunities follow: promises and tasks about them."""

from bosun.modules.activities.entity import FOLLOW_UP, TASK
from bosun.modules.opportunities import services

for followed in (FOLLOW_UP, TASK):
    followed.effects.append(services.note_steps)
