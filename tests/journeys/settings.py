"""The product's settings for the server that the journeys visit: few places, and password hashes that are quick."""

from bosun.config.settings import *  # noqa: F403
from bosun.config.settings import PASSWORD_HASHERS

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
BOSUN_PLACES = "few"
