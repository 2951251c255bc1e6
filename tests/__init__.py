"""Tests of Camera Push."""
