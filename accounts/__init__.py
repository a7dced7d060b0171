"""Companies, teams, users, and who may see what."""
