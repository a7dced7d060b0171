"""Integrations: the marketplace, connections, and the sync of linked calendars."""
