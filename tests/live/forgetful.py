"""The site's settings with a fault: a save is acknowledged a while before it is committed.

Whoever serves with these loses what was acknowledged when the server is killed. The tests of
kills are run on it to show that they would see a lost save.
"""

import time

from django.db import transaction

# Every value of the site's own but one, or the fault would be shown on another site.
from nutrisite.settings import *  # noqa: F403
from nutrisite.settings import MIDDLEWARE

# Seconds: longer than the tests wait between an acknowledged save and a kill.
LATE = 1


def commits_late(get_response):
    """Hold the transaction of what is added open until its answer was sent, and then for longer."""

    def middleware(request):
        if request.method != "POST" or not request.path.endswith("/add/"):
            return get_response(request)
        held = transaction.atomic()
        held.__enter__()
        response = get_response(request)
        close = response.close

        def commit_and_close():
            time.sleep(LATE)
            held.__exit__(None, None, None)
            close()

        response.close = commit_and_close
        return response

    return middleware


MIDDLEWARE = [f"{__name__}.commits_late", *MIDDLEWARE]
