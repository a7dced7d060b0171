"""Apple iCloud Calendar."""
