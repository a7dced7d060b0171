"""What the templates of the agenda say in their own way."""
