"""The top floor: the commands that run, check and tend the whole, and the demo."""
