"""Tests of what becomes of messages."""
