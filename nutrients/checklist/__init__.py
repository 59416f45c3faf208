"""The checklist: from ticks to an answer."""
