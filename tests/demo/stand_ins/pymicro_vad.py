"""Stands in for a package that would have to be compiled: the demo hears nothing."""


class MicroVad:
    """Is imported, never used."""
