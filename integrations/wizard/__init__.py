"""The connect wizard: consent, account, calendars, first sync. It knows what the grant and connection rows tell."""
