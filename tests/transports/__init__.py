"""Tests of the ways in and of what limits them."""
