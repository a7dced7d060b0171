"""The probe: asks a real iCloud account what the evidence leaves open, in a calendar made for it and removed again."""
