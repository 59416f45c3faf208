"""The project: settings, URLs and serving. It is independent of the `nutrients` app."""
