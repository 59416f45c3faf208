"""The pages of a link to a proposal, for people without an account.

The token in the address admits them, and no cookie. No other site knows it, so their forms need no
CSRF token.
"""

import logging

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from nutrients.models import SIGNABLE, PreviewLink, Proposal, Remark

from .pages import changing_pages, render_preview
from .rows import proposal_digest
from .signing import agree, find_link, is_signable, may_agree

log = logging.getLogger(__name__)

CHANGED = "The words have changed since you opened this page. Please read them again."
WRONG = "This code is not right. Please check it, or ask for a new link."


class RemarkForm(forms.Form):
    name = forms.CharField(
        label="Your name",
        label_suffix="",
        max_length=100,
        widget=forms.TextInput({"class": "input"}),
    )
    text = forms.CharField(
        label="Your remark",
        label_suffix="",
        # `max_length` would let browsers cut a pasted text without a word.
        validators=[MaxLengthValidator(4000)],
        widget=forms.Textarea({"class": "input", "rows": 6}),
    )


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """List the pages that a proposal changes, or show one, and take remarks and agreement."""
    link = find_link(token)
    is_open = link is not None and link.is_open(at=timezone.now())
    if link is None or not (is_open or "remark" in request.POST):
        raise Http404("There is no such link.")
    try:
        if not is_open:
            # Somebody wrote on it while it ended.
            context = {"text": request.POST.get("text", "")}
            response = render(request, "nutrients/proposals/ended.html", context, status=404)
        elif request.GET.get("path"):
            response = preview_page(request, link.proposal)
        else:
            response = _overview(request, link, token)
    except OperationalError:
        log.exception("The database failed during a preview")
        response = render(request, "503.html", status=503)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def preview_page(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    """Show the page that the query names, in the mode that it names, or raise Http404."""
    path, mode = request.GET.get("path", ""), request.GET.get("as", "")
    html = render_preview(proposal, path, mode, at=timezone.now(), overview=request.path)
    if not html:
        raise Http404("The proposal does not change this page.")
    return HttpResponse(html)


def _overview(request: HttpRequest, link: PreviewLink, token: str) -> HttpResponse:
    form = RemarkForm(request.POST if "remark" in request.POST else None)
    problem = _submit(request, link, token, form) if request.method == "POST" else ""
    if request.method == "POST" and not (problem or form.errors):
        return redirect(f"{request.path}?done=yes")
    context = {
        "link": link,
        "proposal": link.proposal,
        "pages": changing_pages(link.proposal, at=timezone.now()),
        "form": form,
        "problem": problem,
        "done": request.method == "GET" and "done" in request.GET,
        "may_agree": may_agree(link) and link.proposal.state in SIGNABLE,
        "digest": proposal_digest(link.proposal),
    }
    return render(request, "nutrients/proposals/link.html", context)


def _submit(request: HttpRequest, link: PreviewLink, token: str, form: RemarkForm) -> str:
    """Save a remark or the agreement of a named person; return what is wrong, or nothing."""
    now = timezone.now()
    if form.is_bound:
        try:
            if form.is_valid():
                Remark.objects.create(link=link, created_at=now, **form.cleaned_data)
        except OperationalError:
            log.exception("A remark cannot be saved")
            return "We could not save your remark just now. Please send it again later."
        return ""
    with transaction.atomic():
        link = PreviewLink.objects.select_for_update().select_related("proposal").get(pk=link.pk)
        if link.name and not link.code:
            # The button was pressed twice.
            return ""
        if not is_signable(link.proposal, request.POST.get("digest")):
            return CHANGED
        # It is told by telephone, and may be typed in groups.
        code = "".join(request.POST.get("code", "").split())
        return "" if agree(link, token, code, at=now) else WRONG
