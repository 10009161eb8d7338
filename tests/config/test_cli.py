"""The `bosun` command itself."""

import io

import pytest

from bosun.config import cli
from bosun.lib import clock
from bosun.platform.accounts import services
from bosun.platform.accounts.models import User


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    assert [name for name in cli.names() if f"  {name} " not in printed] == []


def test_an_unknown_command_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sail"]) == 2
    assert "'sail'" in capsys.readouterr().err


def test_migrate_finds_nothing_to_do_on_a_migrated_database(transactional_db: None) -> None:
    assert cli.main(["migrate", "--check", "--quiet"]) == 0


@pytest.mark.django_db
def test_people_are_added_listed_and_given_passwords_and_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["user", "add", "olga", "--name", "Olga Ruiz", "--email", "olga@example.com", "--admin"]) == 0
    first = capsys.readouterr().out.strip()
    user = User.objects.get(username="olga")
    assert user.check_password(first)
    assert cli.main(["user", "password", "Olga"]) == 0
    user.refresh_from_db()
    assert user.check_password(capsys.readouterr().out.strip())
    assert not user.check_password(first)
    assert cli.main(["user", "list"]) == 0
    assert "olga\tOlga Ruiz\tolga@example.com\tactive" in capsys.readouterr().out
    assert cli.main(["token", "olga", "--scope", "read", "--days", "30"]) == 0
    token = services.find_token(capsys.readouterr().out.strip().splitlines()[-1])
    assert token is not None
    assert (token.person.username, token.scope) == ("olga", "read")
    assert token.expires_at is not None
    assert 29 <= (token.expires_at - clock.now()).days <= 30


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["token", "nobody"], ["user", "add", "Not a name"], ["user", "password", "x"]])
def test_what_cannot_be_done_is_said_in_one_sentence(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before = User.objects.count()
    assert cli.main(arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.strip().endswith(".")
    assert User.objects.count() == before


@pytest.mark.django_db
def test_a_weak_password_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["user", "add", "olga"])
    held = User.objects.get(username="olga").password
    monkeypatch.setattr("sys.stdin", io.StringIO("password\n"))
    assert cli.main(["user", "password", "olga", "--stdin"]) == 1
    assert "too common" in capsys.readouterr().err
    assert User.objects.get(username="olga").password == held
