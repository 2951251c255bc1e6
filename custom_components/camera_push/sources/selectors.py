"""Selectors that several forms use."""

from collections.abc import Iterable, Sequence
from typing import Final

from homeassistant.const import PERCENTAGE, UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

DAY_SECONDS: Final = 24 * 60 * 60


def number(minimum: float, maximum: float, unit: str | None = None) -> NumberSelector:
    """Return a field for a number: a whole one if `minimum` is."""
    step = 1 if isinstance(minimum, int) else 0.1
    config = NumberSelectorConfig(min=minimum, max=maximum, step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def seconds(minimum: int = 1, maximum: int = DAY_SECONDS) -> NumberSelector:
    """Return a field for a number of seconds."""
    return number(minimum, maximum, UnitOfTime.SECONDS)


def percent() -> NumberSelector:
    """Return a slider for a percentage."""
    return NumberSelector(
        NumberSelectorConfig(
            min=0, max=100, step=1, mode=NumberSelectorMode.SLIDER, unit_of_measurement=PERCENTAGE
        )
    )


def checkboxes(options: Iterable[str], translation_key: str) -> SelectSelector:
    """Return a field for any of several words, which are translated."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(option) for option in options],
            multiple=True,
            mode=SelectSelectorMode.LIST,
            translation_key=translation_key,
        )
    )


def dropdown(options: Iterable[str], translation_key: str) -> SelectSelector:
    """Return a field for one of several words, which are translated."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[str(option) for option in options],
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def several(options: Sequence[str] | Sequence[SelectOptionDict]) -> SelectSelector:
    """Return a field for any number of texts: some that are offered, and others that are typed."""
    return SelectSelector(
        SelectSelectorConfig(
            options=options, multiple=True, custom_value=True, mode=SelectSelectorMode.DROPDOWN
        )
    )


PASSWORD: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
PORT: Final = number(1, 65535)
