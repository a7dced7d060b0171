"""What templates say in their own way."""
