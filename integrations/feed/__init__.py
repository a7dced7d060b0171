"""Calendars by link: a secret address from Google, Outlook, a school, a club, or of holidays. Import only."""
