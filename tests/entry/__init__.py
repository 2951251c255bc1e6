"""Tests of a config entry at run time."""
