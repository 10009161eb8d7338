"""The environment read into settings."""

from pathlib import Path

import pytest

from bosun.config import environment


def test_a_mail_server_in_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOSUN_MAIL_URL", "smtp://post%40me:se%3Acret@mail.example")
    found = environment.mail(Path("/srv"))
    assert found["EMAIL_HOST"] == "mail.example"
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("post@me", "se:cret")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (587, True, False)


def test_without_a_mail_server_no_mail_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOSUN_MAIL_URL", raising=False)
    assert environment.mail(Path("/srv"))["EMAIL_FILE_PATH"] == "/srv/mail"


@pytest.mark.parametrize(("given", "read"), [("1", True), ("yes", True), ("0", False), ("no", False), ("", True)])
def test_switches(monkeypatch: pytest.MonkeyPatch, given: str, read: bool) -> None:
    monkeypatch.setenv("BOSUN_HTTPS", given)
    assert environment.switch("BOSUN_HTTPS", default=True) is read
