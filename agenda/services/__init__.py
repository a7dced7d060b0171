"""The doors for writes: one noun a module. Each write raises the revision and tells the signals."""
