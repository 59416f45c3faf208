"""Pages of one nutrient, one symptom and one link between them."""
