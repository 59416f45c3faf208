"""Who may sign in and how, and a record of who did. It knows nothing of what editors edit."""
