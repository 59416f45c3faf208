"""Which admin site the project has. Apart from the site itself, which needs the models."""

from django.contrib.admin.apps import AdminConfig


class EditorsConfig(AdminConfig):
    """Makes `EditorsSite` the one admin site of the project."""

    default_site = "nutrients.admin_site.EditorsSite"
