"""iCalendar text ↔ EventContent. Pure: no Django, no clock, no network; the doors are read, recurrence, write and fence."""
