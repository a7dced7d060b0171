"""Pages for a person's browser: an iPhone's calendar to write in, and what the simulator knows about itself."""
