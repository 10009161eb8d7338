"""The `bosun` command itself."""

import pytest

from bosun.config import cli


def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    assert [name for name in cli.names() if f"  {name} " not in printed] == []


def test_an_unknown_command_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sail"]) == 2
    assert "'sail'" in capsys.readouterr().err


def test_migrate_finds_nothing_to_do_on_a_migrated_database(transactional_db: None) -> None:
    assert cli.main(["migrate", "--check", "--quiet"]) == 0
