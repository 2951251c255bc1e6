"""Tests of the views and commands."""
