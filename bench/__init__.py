"""Measures of the site under load."""
