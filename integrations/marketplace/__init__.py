"""The marketplace: what can be connected, what is, and what waits for its owner."""
