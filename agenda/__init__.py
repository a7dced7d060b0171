"""The agenda: activities, blocks, and who sees what of them."""
