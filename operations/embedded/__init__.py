"""Servers that come out of a Python package: nothing to install, nothing to be root for."""
