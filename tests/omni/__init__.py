"""Tests of omni."""
