"""The sync: observe, plan, brake, apply, record (docs/sync.md)."""
