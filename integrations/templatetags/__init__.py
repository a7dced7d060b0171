"""What the templates of the integrations say in their own way."""
