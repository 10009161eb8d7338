"""Django's settings, read from the environment; every value has a default that works on one machine.

| variable | what it does |
| --- | --- |
| BOSUN_HOME | folder for the database, files and the secret key; `./var` |
| DATABASE_URL | `postgresql://…`; without it, one SQLite file in BOSUN_HOME |
| BOSUN_URL | the public address, as people type it: `https://crm.example.com` |
| BOSUN_HOSTS | further host names that are answered |
| BOSUN_HTTPS | 1 behind a proxy that speaks TLS and sets X-Forwarded-Proto: secure cookies with the __Host- name |
| BOSUN_PROXIES | how many proxies of one's own stand in front and append to X-Forwarded-For; 0 |
| BOSUN_MAIL_URL | `smtp://user:password@host:587`; without it mails are kept as files |
| BOSUN_SECRET_KEY | the same key for several machines; without it one is made in BOSUN_HOME |
| BOSUN_API_RATE | calls a second for each token and web process, twice as many at once; 100, 0 for no limit |
| BOSUN_LOG_LEVEL | INFO |
| BOSUN_DEBUG | 1 on a developer's machine only |
"""

import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from bosun.config.databases import database
from bosun.config.environment import mail, number, switch, words
from bosun.config.home import home_folder, secret_key
from bosun.config.modules import MODULES, PLATFORM

django_stubs_ext.monkeypatch()

PACKAGE = Path(__file__).resolve().parent.parent
BOSUN_HOME = home_folder()
BOSUN_URL = os.environ.get("BOSUN_URL", "").rstrip("/")
BOSUN_HTTPS = switch("BOSUN_HTTPS", BOSUN_URL.startswith("https:"))
DEBUG = switch("BOSUN_DEBUG")
SECRET_KEY = secret_key(BOSUN_HOME)
ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]", socket.gethostname().lower(), *words("BOSUN_HOSTS")]
if BOSUN_URL:
    ALLOWED_HOSTS.append(urlsplit(BOSUN_URL).hostname or "")
    CSRF_TRUSTED_ORIGINS = [BOSUN_URL]

# What is installed. bosun.web stands before allauth, so that our templates replace theirs.
INSTALLED_APPS = [
    *PLATFORM,
    *MODULES,
    "bosun.api",
    "bosun.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
]
MIDDLEWARE = [
    "bosun.web.middleware.SecurityHeaders",
    "bosun.web.middleware.DatabaseAway",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "bosun.web.middleware.TooLarge",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bosun.platform.accounts.requests.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bosun.config.urls"
WSGI_APPLICATION = "bosun.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bosun.web.shell.context",
            ],
        },
    },
]

# Data
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), BOSUN_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The cache counts tries and remembers used codes: it must be one for all processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
BOSUN_PERSON_MODEL = "org.Person"
BOSUN_DEPARTMENT_MODEL = "org.Department"
BOSUN_FILES = BOSUN_HOME / "files"
BOSUN_UPLOAD_MAX_BYTES = number("BOSUN_UPLOAD_MAX_MB", 50) * 1024 * 1024
# Several files may come at once; more than this is refused before it is read.
BOSUN_REQUEST_MAX_BYTES = 4 * BOSUN_UPLOAD_MAX_BYTES
MEDIA_ROOT = BOSUN_FILES
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 50
BOSUN_API_RATE = number("BOSUN_API_RATE", 100)
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600

# Language and time
USE_I18N = True
FORMAT_MODULE_PATH = "bosun.web.formats"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("es", _("Spanish"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = BOSUN_HTTPS

# Style sheets and scripts: `bosun web` collects them into BOSUN_HOME under names that carry their content's digest, so
# that browsers may keep them for ever and an upgrade is seen at once. Until then (tests, commands) they are found in
# the packages under their plain names.
STATIC_URL = "/static/"
STATIC_ROOT = BOSUN_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "bosun.config.static.DigestNames"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "bosun.platform.accounts.passwords.LongestValidator"},
    {"NAME": "bosun.platform.accounts.passwords.HouseNameValidator"},
]
# Links for a new password work this long, in seconds.
PASSWORD_RESET_TIMEOUT = 4 * 3600
ACCOUNT_ADAPTER = "bosun.platform.accounts.adapters.AccountAdapter"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "bosun.platform.accounts.resetlinks.ResetLinks"
ACCOUNT_FORMS = {
    "login": "bosun.platform.accounts.forms.SignInForm",
    "reauthenticate": "bosun.platform.accounts.forms.PasswordAgainForm",
    "change_password": "bosun.platform.accounts.forms.NewPasswordForm",
    "reset_password": "bosun.platform.accounts.forms.LinkForm",
    "reset_password_from_key": "bosun.platform.accounts.forms.PasswordByLinkForm",
}
MFA_FORMS = {
    "authenticate": "bosun.platform.accounts.forms.CodeForm",
    "reauthenticate": "bosun.platform.accounts.forms.CodeAgainForm",
    "activate_totp": "bosun.platform.accounts.forms.FirstCodeForm",
}
MFA_ADAPTER = "bosun.platform.accounts.adapters.SecondFactor"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if BOSUN_HTTPS else "http"
# One judge of wrong passwords: axes counts in the database, for all processes. What allauth calls a failed log-in are
# here the wrong codes of a second factor. Two hundred people of one office sign in from one address each morning.
ACCOUNT_RATE_LIMITS = {"login": "1200/m/ip", "login_failed": "5/5m/key,50/d/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = number("BOSUN_PROXIES", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Bosun"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not BOSUN_HTTPS
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "bosun.web.signin.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "bosun.platform.accounts.lockout.name_tried"
AXES_CLIENT_IP_CALLABLE = "bosun.config.addresses.client_address"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# Cookies and headers
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BOSUN_HTTPS
SESSION_COOKIE_NAME = "__Host-bosun" if BOSUN_HTTPS else "bosun"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "bosun.web.errors.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = BOSUN_HTTPS
CSRF_COOKIE_NAME = "__Host-bosun-csrf" if BOSUN_HTTPS else "bosun-csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BOSUN_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_REDIRECT_EXEMPT = [r"^health$"]

# Mail
_MAIL = mail(BOSUN_HOME)
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _MAIL.get("EMAIL_FILE_PATH")
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "localhost")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("BOSUN_MAIL_FROM", "Bosun <bosun@localhost>")

# Logs go to standard error: what happened and where, never bodies, cookies, tokens or parameters.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"seldom": {"()": "bosun.config.seldom.Seldom"}, "masked": {"()": "bosun.config.masking.Masked"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom", "masked"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BOSUN_LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # Each SQL statement with its parameters would stand here at DEBUG.
        "django.db.backends": {"level": "INFO"},
        "axes": {"level": "WARNING"},
    },
}
