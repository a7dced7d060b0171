"""Reads: what pages and commands want to know of connections."""
