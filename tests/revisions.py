"""Stored versions of rows."""

from django.urls import reverse
from reversion.models import Version


def versions_of(row):
    """Return the versions of a row, also of a deleted one, newest first."""
    return list(Version.objects.get_for_object_reference(type(row), row.pk))


def address_of_version(version):
    name = f"admin:nutrients_{version.content_type.model}_revision"
    return reverse(name, args=[version.object_id, version.pk])
