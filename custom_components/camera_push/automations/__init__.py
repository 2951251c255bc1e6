"""Triggers and conditions of automations."""
