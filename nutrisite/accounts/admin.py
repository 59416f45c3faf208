"""Accounts in the admin, whose changes go into the audit log."""

from typing import Any

import axes.utils
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.html import format_html
from django.utils.http import urlsafe_base64_encode
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from nutrisite.accounts import two_factor
from nutrisite.accounts.models import AccountEvent, Clinician, EventKind, log_event

# The screens of devices show the keys and codes of other accounts. A migration sets what each role
# may do.
admin.site.unregister([StaticDevice, TOTPDevice, User, Group])

NAMES = (
    "Histories show the name that the account signs in with, reviews the first and last name. "
    "Once you save, you get a link by which the owner of the account chooses a password."
)
LABELS = {
    "groups": ("Roles", "What the account may do. Editors change content and nothing else."),
    "is_superuser": ("Administrator", "May do everything, with accounts too."),
    "is_active": ("Open", "Untick this to close the account: its name stays in the history."),
}


def rights_of(account: User) -> set[str]:
    """Describe what a stored account may do."""
    return {
        *(["open"] if account.is_active else []),
        *(["administrator"] if account.is_superuser else []),
        *(f"signs as {clinician}" for clinician in Clinician.objects.filter(account=account)),
        *(f"role {role}" for role in account.groups.all()),
    }


def roles_to_give(account: Any) -> QuerySet[Group]:
    """Return the roles that grant no permission beyond those of an account."""
    if account.is_superuser:
        return Group.objects.all()
    own = Permission.objects.filter(Q(user=account) | Q(group__user=account))
    return Group.objects.exclude(permissions__in=Permission.objects.exclude(pk__in=own))


class NewAccountForm(UserCreationForm):
    """Asks for a name and a role. The owner of the account chooses the password by a link."""

    password1: Any = None
    password2: Any = None

    def clean(self) -> dict[str, Any]:
        """Require a role, as an account without one opens nothing."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # Django stores None as a password that never matches.
        cleaned["password1"] = None
        if "groups" in self.fields and not (cleaned.get("groups") or cleaned.get("is_superuser")):
            or_else = ", or make it an administrator" if "is_superuser" in self.fields else ""
            self.add_error("groups", f"Choose a role{or_else}.")
        return cleaned


class AccountForm(UserChangeForm):
    """Saves what was changed since it was opened, and keeps what others saved meanwhile."""

    def __init__(self, data: Any = None, *args: Any, **options: Any) -> None:
        if data:
            # No roles have no hidden value, for which Django would take the roles ticked now.
            (data := data.copy()).setlistdefault("initial-groups")
        super().__init__(data, *args, **options)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unchanged = self.initial.keys() - self.changed_data
        return cleaned | {name: self.initial[name] for name in unchanged}


class ClinicianInline(admin.StackedInline):
    """The profession that a stored account signs reviews with, which superusers confirm."""

    model = Clinician
    verbose_name_plural = "Clinician, who may sign reviews with first and last name"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and request.user.is_superuser

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Django's accounts, by role. Staff who are not superusers cannot reach superusers."""

    form = AccountForm
    add_form = NewAccountForm
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name"), "description": NAMES}),
        (None, {"fields": ("groups", "is_superuser")}),
    )
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Role", {"fields": ("is_active", "groups", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "first_name", "last_name", "is_open", "is_administrator")
    list_filter = ("groups",)
    actions = ["make_link", "turn_off_second_step", "unlock"]
    inlines = [ClinicianInline]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what an account must not change.

        With the tick of administrators, others could give themselves all rights. *Open* could close
        the only administrator's own account.
        """
        left_out = {"is_superuser"} if not request.user.is_superuser else set()
        left_out |= {"is_active"} if obj == request.user else set()
        return [
            (title, options | {"fields": [n for n in options["fields"] if n not in left_out]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let staff who are not superusers choose roles for a new account only."""
        may_give_role = obj is None and roles_to_give(request.user).exists()
        is_free = request.user.is_superuser or may_give_role
        return self.readonly_fields if is_free else (*self.readonly_fields, "groups")

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in LABELS:
            kwargs["label"], kwargs["help_text"] = LABELS[db_field.name]
        if db_field.name == "groups":
            kwargs["widget"] = forms.CheckboxSelectMultiple
            kwargs["queryset"] = roles_to_give(request.user)
        # For AccountForm, which otherwise compares with what is saved by now.
        kwargs["show_hidden_initial"] = True
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="Open", boolean=True, ordering="is_active")
    def is_open(self, account: Any) -> bool:
        return bool(account.is_active)

    @admin.display(description="Administrator", boolean=True, ordering="is_superuser")
    def is_administrator(self, account: Any) -> bool:
        return bool(account.is_superuser)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "groups" in form.fields:
            # A role opens the admin.
            obj.is_staff = any(form.cleaned_data.get(name) for name in ("groups", "is_superuser"))
        form.rights_before = rights_of(User.objects.get(pk=obj.pk)) if change else set()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            log_event(EventKind.MADE, form.instance, request)
        before, after = form.rights_before, rights_of(form.instance)
        signs = {"+": after - before, "−": before - after}
        parts = [f"{sign} {', '.join(sorted(rights))}" for sign, rights in signs.items() if rights]
        if parts:
            log_event(EventKind.RIGHTS, form.instance, request, "; ".join(parts))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        accounts = super().get_queryset(request)
        return accounts if request.user.is_superuser else accounts.filter(is_superuser=False)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are closed and never deleted: histories hold their names."""
        return False

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the link by which the owner of the account chooses a password."""
        self._show_link(request, obj)
        return redirect("admin:auth_user_change", obj.pk)

    def _show_link(self, request: HttpRequest, account: Any) -> None:
        key = urlsafe_base64_encode(force_bytes(account.pk))
        token = default_token_generator.make_token(account)
        link = settings.SITE_URL + reverse("admin:choose_password", args=[key, token])
        hours = settings.PASSWORD_RESET_TIMEOUT // 3600
        message = "Give {} this link. It works once, for {} hours: {}"
        messages.success(request, format_html(message, account, hours, link))
        log_event(EventKind.LINK, account, request)

    @admin.action(description="Make a one-time link to choose a password", permissions=["change"])
    def make_link(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Show a link for each open account. The old password works until the link is used."""
        for account in queryset:
            if account.is_active:
                self._show_link(request, account)
            else:
                messages.warning(request, f"{account} is closed: tick “Open” in its form first.")

    @admin.action(description="Unlock after wrong tries", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        unlocked = [row for row in queryset if axes.utils.reset(username=row.username)]
        for account in unlocked:
            log_event(EventKind.UNLOCKED, account, request)
        messages.success(request, f"Unlocked: {len(unlocked)}.")

    @admin.action(description="Turn off the second step", permissions=["change"])
    def turn_off_second_step(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Let accounts sign in by password alone, until they set the second step up again."""
        changed = [account for account in queryset if two_factor.turn_off(account)]
        for account in changed:
            log_event(EventKind.SECOND_STEP_OFF, account, request)
        messages.success(request, f"Accounts without their second step now: {len(changed)}.")

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        account = self.get_object(request, id)
        if response.status_code == 302 and account is not None:
            log_event(EventKind.PASSWORD, account, request)
        return response


@admin.register(AccountEvent)
class AccountEventAdmin(admin.ModelAdmin):
    has_add_permission = has_change_permission = has_delete_permission = lambda *args: False
    list_display = ["at", "account", "kind", "by", "address", "detail"]
    list_filter = ["kind"]
    search_fields = ["account", "by"]
    date_hierarchy = "at"
