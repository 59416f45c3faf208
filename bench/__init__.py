"""How fast the site answers, beside pages that do nothing, in one run on one machine."""
