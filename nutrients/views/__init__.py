"""Views: parse, ask, render. A module a section."""
