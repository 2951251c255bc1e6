"""Tests of media files, index and history."""
