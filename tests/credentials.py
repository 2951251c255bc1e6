"""Credentials that an entry asks its cameras for, and the header of those that use them."""

from base64 import b64encode

BASIC = {"kind": "basic", "username": "camera", "password": "pass:wörd"}
HEADER = {"kind": "header", "header_value": "s3cr3t value"}


def basic(user: str, password: str, scheme: str = "Basic") -> str:
    return f"Authorization: {scheme} {b64encode(f'{user}:{password}'.encode()).decode()}"
