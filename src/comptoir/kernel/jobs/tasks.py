"""The one Celery task, which takes ids of jobs and runs them. Only a worker imports it."""

from django.db import close_old_connections

from comptoir.kernel.jobs import dispatcher, running
from comptoir.kernel.jobs.celery import RUN_JOBS, app


@app.task(name=RUN_JOBS)
def run_jobs(ids: list[str]) -> None:
    close_old_connections()
    try:
        running.run_jobs(ids, should_stop=dispatcher.is_stopping)
    finally:
        close_old_connections()
