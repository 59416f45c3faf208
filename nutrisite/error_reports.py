"""Reports of errors that tell nobody what a reader sent.

Nothing here mails reports. Whoever adds something that does gets ones without ticks or words.
"""

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

from nutrisite.logging import frames_of


class ReportWithoutReader(ExceptionReporter):
    """Where an error came from: no request, no values of variables, not the error's own words.

    On a developer's own machine, with DEBUG on, it is Django's full report.
    """

    def get_traceback_text(self) -> SafeString:
        """Give the types and lines of the error and its causes, as plain text."""
        return super().get_traceback_text() if settings.DEBUG else SafeString(self._frames())

    def get_traceback_html(self) -> SafeString:
        """Give the same for a mail in HTML."""
        if settings.DEBUG:
            return super().get_traceback_html()
        return format_html("<pre>{}</pre>", self._frames())

    def _frames(self) -> str:
        return frames_of(self.exc_value) if self.exc_value else ""
