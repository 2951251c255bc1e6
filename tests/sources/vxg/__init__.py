"""Tests of vxg."""
