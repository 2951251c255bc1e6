"""Stored pictures and clips over HTTP."""
