"""Foods: the list, its filters, and one food."""
