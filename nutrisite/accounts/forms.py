"""The forms of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate

HINT = "Six digits from your app, or a recovery code. Leave it empty if you have set up neither."


class SignInForm(AdminAuthenticationForm):
    """Name, password and, for accounts that have a second step, its code."""

    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": "That did not fit an editor's account. Check the name, the password with"
        " its capital letters and, if you have set it up, the code. Each code works once.",
    }
    token = forms.CharField(
        label="Code",
        required=False,
        max_length=20,
        help_text=HINT,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check all three at once, and give the same sentence whichever was wrong."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name is not None and password:
            token = self.cleaned_data.get("token", "")
            self.user_cache = authenticate(
                self.request, username=name, password=password, token=token
            )
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class CodeForm(forms.Form):
    """One code."""

    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
