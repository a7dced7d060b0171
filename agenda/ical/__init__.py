"""iCalendar text ↔ EventContent. Pure: no Django, no clock, no network.

Its doors: `decode`, `read`, `recurrence`, `write`, `alarms` and `fence`.
"""
