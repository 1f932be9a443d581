"""A worker process that knows the trial jobs."""

from importlib import import_module

import django


def main() -> None:
    django.setup()
    import_module("tests.kernel.jobs.trial")
    import_module("comptoir.kernel.jobs.worker").run_worker(concurrency=2)
