"""Tests of triggers, conditions, blueprints and the documented automations."""
