"""The addresses of public pages, in templates."""

from django import template

from nutrients.addresses import address

register = template.Library()

# As `{% address "nutrient" slug %}`, or with `as` a name to use it by. Django's `url` looks each
# one up anew, which was nearly half of what an article made anew cost.
register.simple_tag(address)
