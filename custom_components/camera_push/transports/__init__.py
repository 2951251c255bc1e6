"""Transports that sources share: how bytes come in, bounded in size and time."""
