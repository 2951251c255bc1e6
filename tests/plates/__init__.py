"""Measures how well known plates are recognised through misreads, beside other ways of matching."""
