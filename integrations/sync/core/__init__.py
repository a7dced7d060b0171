"""The head of the sync: three states in, one action out. Pure: no Django, no clock, no network."""
