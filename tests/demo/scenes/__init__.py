"""Drawn pictures of what the demo's cameras see: a street, cars with their plates, faces, a door, a cot."""
