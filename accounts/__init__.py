"""Companies, teams and users: who may sign in, who sees whose agenda, and what was done."""
