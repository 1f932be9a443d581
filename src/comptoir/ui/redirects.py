"""The answer to a form that was taken."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """To another page, by GET: reloading it sends nothing again."""

    status_code = 303
