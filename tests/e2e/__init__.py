"""Whole stories, told by the operators' commands, real workers and real servers."""
