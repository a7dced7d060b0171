"""The fault matrix (docs/reliability.md), rows 1 to 37 and 39, over the real transport against the simulated iCloud."""
