"""Writes: every door to the integrations is one of these."""
