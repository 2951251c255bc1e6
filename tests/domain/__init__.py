"""Tests of the parts that need neither Home Assistant nor a network."""
