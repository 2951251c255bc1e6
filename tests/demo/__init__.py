"""A real Home Assistant with the integration and emulated cameras; see scripts/demo."""
