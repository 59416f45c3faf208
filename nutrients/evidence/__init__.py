"""What several features ask: links, needs, life stages, red flags, and the order of nutrients."""
