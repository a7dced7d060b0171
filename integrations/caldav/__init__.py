"""Other CalDAV calendars: Nextcloud, Fastmail, mailbox.org, Radicale and their like."""
