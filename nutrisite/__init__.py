"""The project: settings, addresses and how it is served. It knows nothing of nutrients."""
