"""iCalendar text ↔ EventContent. Pure: no Django, no clock, no network.

Its doors: `read`, `recurrence`, `write` and `fence`.
"""
