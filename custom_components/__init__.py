"""Makes the integration importable in tests."""
