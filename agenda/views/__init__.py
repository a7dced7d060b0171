"""Pages of the agenda: fetch what this user may see, validate, one call, answer."""
