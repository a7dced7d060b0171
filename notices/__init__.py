"""Notices: what people are told, in the page and by mail."""
