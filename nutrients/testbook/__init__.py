"""The public test book: its cases, run against the content, and the faults of each answer."""
