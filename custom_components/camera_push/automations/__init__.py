"""Trigger and condition classes."""
