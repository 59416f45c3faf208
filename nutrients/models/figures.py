"""Figures: the pictures drawn for this site, each a template in templates/figures/."""

from __future__ import annotations

from django.db import models


class Figure(models.TextChoices):
    """A picture that an editor may place; its value is the name of its template."""

    CALF_STRETCH = "calf-stretch", "Calf stretch in two steps"
    CALF_AT_NIGHT = "calf-at-night", "The muscle of the calf at night"
    EYELID = "eyelid", "The muscle of the eyelid"
    HAND_SPASM = "hand-spasm", "The hand in a spasm"
    NERVE_AND_MUSCLE = "nerve-and-muscle", "Nerve and muscle with calcium and magnesium"
    MYELIN = "myelin", "A nerve fibre with its myelin"
    HOW_LONG = "how-long", "How long each thing lasts"
    HANDS_AND_FEET = "hands-and-feet", "Where tingling is felt"
    RESTLESS_LEGS = "restless-legs", "Restless legs, at rest and moving"
    TWITCH_SIGNS = "twitch-signs", "Twitches alone, and with weakness"
