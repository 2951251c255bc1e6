"""The errors of actions and commands, in the user's language."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..const import DOMAIN


def invalid(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error that something was asked that cannot be done, by the key of its translation."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def failed(key: str, err: Exception) -> HomeAssistantError:
    """Return the error that something could not be done, by the key of its translation."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"error": str(err)}
    )
