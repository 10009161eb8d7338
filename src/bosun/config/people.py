"""Finding people and setting passwords for the command line."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from bosun.config.failure import Failure
from bosun.kernel.actor import Actor
from bosun.platform.accounts import services
from bosun.platform.accounts.models import User
from bosun.platform.org import actors


def log_in_of(username: str) -> User:
    """The log-in with this username, or a Failure that names those there are."""
    found = User.objects.select_related("person").filter(username=username.strip().lower()).first()
    if found is not None:
        return found
    others = list(User.objects.order_by("username").values_list("username", flat=True)[:10])
    raise Failure(f"Nobody signs in as {username!r}. {hint(others)}")


def hint(usernames: Sequence[str]) -> str:
    """What to try instead."""
    return f"There are {', '.join(usernames)}." if usernames else "`bosun user add NAME --admin` makes the first one."


def give_password(user: User, password: str = "") -> str:
    """Set a password, or make one up; what it is now."""
    chosen = password or services.new_password()
    try:
        services.set_password(user, chosen)
    except ValidationError as error:
        raise Failure(" ".join(error.messages)) from None
    return chosen


def actor_of(username: str) -> Actor:
    """The rights of the person with this username, or a Failure."""
    found = actors.load(log_in_of(username).person_id)
    if found is None:
        raise Failure(f"{username} may not sign in any more.")
    return found
