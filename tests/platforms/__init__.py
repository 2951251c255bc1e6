"""Tests of the modules that Home Assistant looks for by name."""
