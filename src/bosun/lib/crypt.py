"""Secret field values: sealed to be stored, and a blind form to find equal ones by."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32

_NONCE_BYTES = 12
_BLIND_BYTES = 16

# Keys by a short id, as "k1"; the first one seals, all of them open.
Keys = Mapping[str, bytes]


class CryptError(ValueError):
    """A value that cannot be sealed or opened; `code` is "no_key", "bad_key" or "damaged"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise CryptError("bad_key")
    return AESGCM(key)


def new_key() -> bytes:
    """A fresh key to seal with."""
    return os.urandom(KEY_BYTES)


def seal(text: str, keys: Keys, *, context: str = "") -> str:
    """The text in a form that only the keys open, "k1:…", each time another one.

    What was sealed in one context, such as a field's name, does not open in another.
    """
    key_id = next(iter(keys), "")
    if not key_id or ":" in key_id:
        raise CryptError("no_key" if not key_id else "bad_key")
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(keys[key_id]).encrypt(nonce, text.encode(), f"{key_id}:{context}".encode())
    return f"{key_id}:{urlsafe_b64encode(nonce + sealed).decode()}"


def open_(sealed: str, keys: Keys, *, context: str = "") -> str:
    """The text that was sealed in this context."""
    key_id, _colon, body = sealed.partition(":")
    if key_id not in keys:
        raise CryptError("no_key")
    cipher = _cipher(keys[key_id])
    try:
        data = urlsafe_b64decode(body.encode("ascii"))
        return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], f"{key_id}:{context}".encode()).decode()
    except (InvalidTag, ValueError):
        raise CryptError("damaged") from None


def is_sealed_by_current(sealed: str, keys: Keys) -> bool:
    """Whether the key that seals now sealed this, so that older values are found when keys change."""
    return sealed.partition(":")[0] == next(iter(keys), None)


def blind(text: str, key: bytes) -> str:
    """The same short text for the same value and key, which tells nothing about it; normalise the value first."""
    if len(key) != KEY_BYTES:
        raise CryptError("bad_key")
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest[:_BLIND_BYTES]).decode().rstrip("=")
