"""The whole engine under simulation: one seed drives people, phones, server, clock, faults and crashes."""
