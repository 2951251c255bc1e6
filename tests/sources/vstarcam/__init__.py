"""Tests of VStarcam cameras."""
