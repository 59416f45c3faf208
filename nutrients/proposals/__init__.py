"""Proposals: the rows that they change, previews of the pages, links and signatures."""
