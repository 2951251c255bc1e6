"""One config entry at run time."""
