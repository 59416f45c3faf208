"""Nutrients, symptoms and foods, and the evidence between them."""
