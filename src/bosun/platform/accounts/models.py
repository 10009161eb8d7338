"""How a person signs in: password, last log-in and tokens, kept apart from the person and out of ledger and hash."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from bosun.kernel.columns import TextColumn
from bosun.lib import clock
from bosun.platform.org.models import Person


class UserManager(BaseUserManager["User"]):
    """Finds a log-in by its username, without regard to case; its person comes along, as every request asks for it."""

    def get_queryset(self) -> models.QuerySet[User]:
        return super().get_queryset().select_related("person")

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """The log-in of one person."""

    id = models.BigAutoField(primary_key=True)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    username = TextColumn(max_length=60, unique=True)
    email = TextColumn(max_length=254, default="", blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the person may sign in."""
        return bool(self.person.active and self.person.deleted_at is None)

    @property
    def is_staff(self) -> bool:
        """Nobody uses Django's own administration."""
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Rights are a matter of the door, not of Django's permissions."""
        return False

    def __str__(self) -> str:
        return str(self.username)


class Token(models.Model):
    """A key for programs that acts with the rights of its person. Only a digest is kept."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = TextColumn(max_length=100, default="")
    digest = TextColumn(max_length=64, unique=True)
    scope = TextColumn(max_length=10, default="full")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.name)


class TokenUse(models.Model):
    """When a token was last used; apart from the token, so that using it changes nothing that is hashed."""

    token = models.OneToOneField(Token, on_delete=models.CASCADE, primary_key=True, related_name="+")
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.used_at)


class CacheEntry(models.Model):
    """The table of Django's cache, shared by all processes: counts of tries, codes that were used."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "accounts_cache"

    def __str__(self) -> str:
        return str(self.cache_key)
