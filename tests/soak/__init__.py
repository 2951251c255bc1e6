"""Floods, faults and hostile senders against a real Home Assistant, for minutes: `scripts/soak`."""
