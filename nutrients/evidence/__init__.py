"""Queries and rules shared by several features: links, needs, life stages, red flags, ranking."""
