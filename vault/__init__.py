"""Secrets at rest: keys, envelopes, sealed fields and keyed hashes. Knows no other app."""
