"""Tests of FF cameras."""
