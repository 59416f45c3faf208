"""Pages about a nutrient, a symptom, and the evidence that links them."""
