"""What the product promises of the sync, row by row: each story is played on the twin and on the simulated iCloud."""
