"""One handler for each kind of message."""
