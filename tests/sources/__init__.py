"""Tests of what each system says, and of what it is asked."""
