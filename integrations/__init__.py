"""Marketplace, connections and the sync."""
