"""Shipped content: load it without undoing editors' work, check it, and keep its versions."""
