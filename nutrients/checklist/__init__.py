"""The checklist: ticks in, an answer out."""
