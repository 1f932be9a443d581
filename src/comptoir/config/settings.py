"""Every setting, read from the environment. `.env.example` says what each variable is."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from environs import Env

from comptoir.config import logs
from comptoir.config.modules import PRODUCTS, gateway_folders, product_settings, room_folders
from comptoir.config.sentry import report_crashes
from comptoir.kernel import registry

env = Env()
BASE_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = Path(env.str("DATA_DIR", "var")).resolve()

# ── The installation ────────────────────────────────────────────────────────────────────────────────────
DEBUG = env.bool("DEBUG", False)
PRODUCTION = env.bool("PRODUCTION", False)
SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else "insecure-key-for-development-and-tests-only")
# Personal data is encrypted with these two. Each is rolled by a new one in front of the old, until rows are rewritten.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
SALT_KEY: list[str] = env.list("SALT_KEY", ["comptoir"])
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_NAME = env.str("SITE_NAME", "Comptoir")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [SITE_URL])
COMPTOIR_MODULES = PRODUCTS
SHOW_UI_PAGE = env.bool("SHOW_UI_PAGE", not PRODUCTION)

INSTALLED_APPS = [
    # First, so that its templates are found before those of the libraries that it dresses.
    "comptoir.ui",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "heroicons",
    "comptoir.kernel.accounts",
    "comptoir.kernel.timeline",
    "comptoir.kernel.jobs",
    "comptoir.kernel.files",
    "comptoir.kernel.notifications",
    "comptoir.kernel.ledger",
    "comptoir.kernel.payments",
    "comptoir.kernel.http",
    *(path.removesuffix(".module") for path in PRODUCTS),
]

MIDDLEWARE = [
    "comptoir.kernel.http.request_log.RequestLog",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "comptoir.kernel.http.canonical_host.CanonicalHost",
    "comptoir.kernel.http.products.product_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "comptoir.kernel.http.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "comptoir.ui.preferences.preferences",
    "comptoir.ui.refused_pages.refuse_methods",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "comptoir.config.urls"
WSGI_APPLICATION = "comptoir.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # A product's rooms are no apps of their own: each has its templates beside its code.
        "DIRS": room_folders("templates"),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comptoir.ui.context.site",
                "comptoir.ui.context.of_products",
            ],
        },
    }
]

# ── Database ────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR}/comptoir.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Opening the file for each request would take longer than most requests.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    # Threads of a test share a file, which they could not do with a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    # IMMEDIATE takes the write lock at the start, so that two writers wait for each other instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 2, "max_size": env.int("DATABASE_POOL", 20)}}

# ── Cache, jobs ─────────────────────────────────────────────────────────────────────────────────────────
REDIS_URL = env.str("REDIS_URL", "")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    ),
    # Whole pages, in each process's own memory: some 40 kB each.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
    # What is kept under words or addresses that visitors make up, of which there is no end: apart, so that it drives
    # no whole page out. Parts of pages, by address; and results of searches.
    **{
        name: {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": name,
            "TIMEOUT": None,
            "OPTIONS": {"MAX_ENTRIES": most},
        }
        for name, most in (("fragments", 1000), ("searches", 200))
    },
}
BROKER_URL = env.str("BROKER_URL", REDIS_URL or "memory://")
EMBEDDED_WORKER = env.bool("EMBEDDED_WORKER", False)
# The jobs of a worker that was killed are taken up again after this. Longer jobs renew their lease.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", 30)

# ── Accounts ────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "comptoir.kernel.accounts.sessions.AccountBackend",
    "comptoir.kernel.accounts.permissions.RoleBackend",
]
SESSION_ENGINE = "comptoir.kernel.accounts.sessions"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = lazy(registry.home, str)()
ACCOUNT_ADAPTER = "comptoir.kernel.accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "comptoir.kernel.accounts.forms.SignupForm"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# In the browser that asked for the account, and nowhere else: whoever signs up on the way to paying goes on to that.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# ── API ─────────────────────────────────────────────────────────────────────────────────────────────────
# Requests per address (anonymous) and per person (signed in): a number and s, min, h or day.
API_RATE_ANON = env.str("API_RATE_ANON", "120/min")
API_RATE_AUTH = env.str("API_RATE_AUTH", "600/min")

# ── Watching ────────────────────────────────────────────────────────────────────────────────────────────
LOGGING = logs.configure(as_json=PRODUCTION, level=env.str("LOG_LEVEL", "INFO"))
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
# Set for several web processes: a folder where they add up their figures.
PROMETHEUS_MULTIPROC_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", "")
SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    report_crashes(SENTRY_DSN, environment="production" if PRODUCTION else "development")

# ── Security ────────────────────────────────────────────────────────────────────────────────────────────
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", SITE_URL.startswith("https://"))
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 0)
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Whose word on the visitor's address is believed: the last proxy's, or nobody's but the socket's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": None,
    }
}

# ── Languages, time ─────────────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
# Each room has a catalogue of its own; this one is for what stands in no room.
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Europe/Paris")
USE_TZ = True

# ── Static files, stored files ──────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None
STATICFILES_DIRS = [*room_folders("static"), *gateway_folders("static")]
STATICFILES_FINDERS = [
    "comptoir.ui.stylesheet.JoinedSheet",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# In production they are gathered once (`comptoir migrate`), named by their content, and cached for ever.
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
S3_BUCKET = env.str("S3_BUCKET", "")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", "")
S3_REGION = env.str("S3_REGION", "eu-west-3")
S3_PUBLIC_URL = env.str("S3_PUBLIC_URL", "")
FILES_DIR = DATA_DIR / "files"
if S3_BUCKET:
    # Pages send uploads straight to the bucket, and show public pictures from its public address.
    _uploads = urlsplit(S3_ENDPOINT_URL or f"https://{S3_BUCKET}.s3.{S3_REGION}.amazonaws.com")
    _pictures = urlsplit(S3_PUBLIC_URL) if S3_PUBLIC_URL else _uploads
    CONTENT_SECURITY_POLICY["DIRECTIVES"] |= {
        "connect-src": [SELF, f"{_uploads.scheme}://{_uploads.netloc}"],
        "img-src": [
            SELF,
            "data:",
            *sorted({f"{place.scheme}://{place.netloc}" for place in (_uploads, _pictures)}),
        ],
        # What is private is shown and played from the bucket itself, by links that expire.
        "media-src": [SELF, f"{_uploads.scheme}://{_uploads.netloc}"],
    }

# ── Prices ────────────────────────────────────────────────────────────────────────────────────────────────
# What prices may be asked in, by every product. The variable has its name from the first of them.
CURRENCIES: list[str] = env.list("MARKETPLACE_CURRENCIES", ["EUR", "USD", "GBP"])

# ── Gateways ────────────────────────────────────────────────────────────────────────────────────────────
# By the name that is stored with payments. New payments are made and new payees have their accounts at the default.
PAYMENT_GATEWAYS = {"stripe": "comptoir.kernel.payments.gateways.stripe.gateway.StripeGateway"}
DEFAULT_GATEWAY = "stripe"
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", "")
# Several secrets, separated by commas, are accepted at once: while one is rolled, or for a Connect endpoint.
STRIPE_WEBHOOK_SECRETS: list[str] = env.list("STRIPE_WEBHOOK_SECRET", [])
STRIPE_API_BASE = env.str("STRIPE_API_BASE", "https://api.stripe.com")
# For the pages that hold Stripe's payment element. Its releases: https://docs.stripe.com/sdks/stripejs-versioning
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", "")
STRIPE_JS_URL = env.str("STRIPE_JS_URL", "https://js.stripe.com/dahlia/stripe.js")

# ── Mail ────────────────────────────────────────────────────────────────────────────────────────────────
# smtp://… submission://… console: — or eml: (files), resend://API_KEY@ and sendgrid://API_KEY@
EMAIL = env.dj_email_url("EMAIL_URL", "console:")
EMAIL_BACKEND = {
    "eml": "comptoir.kernel.notifications.backends.EmlFileBackend",
    "resend": "anymail.backends.resend.EmailBackend",
    "sendgrid": "anymail.backends.sendgrid.EmailBackend",
}.get(env.str("EMAIL_URL", "console:").partition(":")[0]) or EMAIL["EMAIL_BACKEND"]
ANYMAIL = {"RESEND_API_KEY": EMAIL["EMAIL_HOST_USER"], "SENDGRID_API_KEY": EMAIL["EMAIL_HOST_USER"]}
MAIL_DIR = DATA_DIR / "mail"
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_FILE_PATH = EMAIL["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Comptoir <comptoir@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ── What single products are set by ─────────────────────────────────────────────────────────────────────
globals().update(product_settings())
