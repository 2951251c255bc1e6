"""Where pictures and clips are kept, and what is remembered of each camera."""
