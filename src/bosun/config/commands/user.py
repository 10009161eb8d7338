"""List those who sign in, add one, or set a new password."""

import argparse
import sys

from bosun.config.failure import Failure
from bosun.config.people import give_password, log_in_of
from bosun.kernel import records
from bosun.kernel.actor import Act, system_actor
from bosun.kernel.errors import DoorError
from bosun.platform.accounts.models import User
from bosun.platform.org.models import Role


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list, add, password."""
    steps = parser.add_subparsers(dest="step", required=True)
    steps.add_parser("list", help="everybody who signs in")
    add = steps.add_parser("add", help="somebody new, with a password that is printed once")
    add.add_argument("username")
    add.add_argument("--name", help="the person's name; the username by default")
    add.add_argument("--email")
    add.add_argument("--role", action="append", default=[], help="a role by its name; may be repeated")
    add.add_argument("--admin", action="store_true", help="with the administrator's role")
    password = steps.add_parser("password", help="a new password, printed once")
    password.add_argument("username")
    password.add_argument("--stdin", action="store_true", help="read it from standard input instead of making one up")


def run(options: argparse.Namespace) -> int:
    """Do the step that was asked for."""
    if options.step == "list":
        return show()
    if options.step == "add":
        return add(options)
    user = log_in_of(options.username)
    print(give_password(user, sys.stdin.readline().rstrip("\n") if options.stdin else ""))
    return 0


def show() -> int:
    """One line for each log-in."""
    for user in User.objects.select_related("person").order_by("username"):
        print(f"{user.username}\t{user.person.name}\t{user.email}\t{'active' if user.is_active else 'inactive'}")
    return 0


def add(options: argparse.Namespace) -> int:
    """A person with a log-in; the password is printed on the last line."""
    roles = list(Role.objects.filter(name__in=options.role, deleted_at__isnull=True))
    if len(roles) != len(set(options.role)):
        known = ", ".join(Role.objects.filter(deleted_at__isnull=True).values_list("name", flat=True))
        raise Failure(f"There is no such role. There are: {known}.")
    if options.admin:
        roles += Role.objects.filter(administrator=True, deleted_at__isnull=True)[:1]
    values = {"username": options.username, "name": options.name or options.username, "email": options.email}
    try:
        records.create("users", {**values, "roles": [role.pk for role in roles]}, Act(system_actor(), "command"))
    except DoorError as error:
        raise Failure(error.title) from None
    print(give_password(log_in_of(options.username)))
    return 0
