"""How the admin writes moments: with their zone, as editors may be in another."""

DATETIME_FORMAT = "j M Y, H:i e"
