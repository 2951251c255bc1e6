"""Tests of triggers, conditions, device triggers, blueprints and the documented automations."""
