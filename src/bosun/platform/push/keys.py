"""The key of this installation (VAPID): made when it is first asked for, its private half kept sealed."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from bosun.lib import crypt
from bosun.platform.push.models import PushKey

PURPOSE = "push"
ONE = 1


def _sealing() -> dict[str, bytes]:
    return {"p1": hmac.new(settings.SECRET_KEY.encode(), PURPOSE.encode(), hashlib.sha256).digest()}


def b64(raw: bytes) -> str:
    """Base64 for addresses, without padding, as push services write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _kept() -> PushKey:
    found = PushKey.objects.filter(pk=ONE).first()
    if found is None:
        key = ec.generate_private_key(ec.SECP256R1())
        private = b64(key.private_numbers().private_value.to_bytes(32, "big"))
        public = b64(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        sealed = crypt.seal(private, _sealing(), context=PURPOSE)
        # Two that ask at once must go on with the same key: a browser is bound to the one it was given.
        PushKey.objects.bulk_create([PushKey(id=ONE, sealed=sealed, public=public)], ignore_conflicts=True)
        found = PushKey.objects.get(pk=ONE)
    return found


def public_key() -> str:
    """What a browser is asked to take messages by."""
    return str(_kept().public)


def signed(audience: str, contact: str, until: int) -> str:
    """The header by which a push service knows us; empty where this machine's secret key is another one."""
    try:
        private = crypt.open_(_kept().sealed, _sealing(), context=PURPOSE)
    except crypt.CryptError:
        return ""
    claims = {"aud": audience, "sub": contact, "exp": until}
    # The library checks the forms of `aud` and `sub` for hosts as they are in public, and not all that exist.
    signer = Vapid02.from_raw(private.encode())
    return str(signer.sign(claims)["Authorization"])
