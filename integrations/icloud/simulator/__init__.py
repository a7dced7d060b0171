"""A stand-in for Apple's iCloud calendars: a real HTTP server with its habits and faults (docs/icloud-simulator.md).

It imports nothing of Halfpast, so that a mistake in Halfpast cannot hide in it. Only commands and tests import it.
"""
