"""Accounts, sign-in and the audit log. It is independent of the content that editors edit."""
