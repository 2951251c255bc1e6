"""Tests of what users and maintainers can look into: activity, diagnostics, system health."""
