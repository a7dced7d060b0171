"""Secrets at rest. It knows nobody."""
