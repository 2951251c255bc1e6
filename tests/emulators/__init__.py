"""Cameras and clouds that speak the real wire over sockets."""
