"""The web process, as granian serves it."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comptoir.config.settings")

django_application = get_wsgi_application()
# Once the apps are loaded. Celery takes a third of a second: now, rather than in somebody's first request.
import_module("comptoir.kernel.jobs.celery")
application = import_module("comptoir.kernel.payments.webhooks.writers").fast_path(django_application)

if settings.EMBEDDED_WORKER:
    import_module("comptoir.kernel.jobs.embedded").start()
