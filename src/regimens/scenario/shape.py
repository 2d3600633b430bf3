"""What all shapes of a scenario file share: unknown keys are refused, and quantities are text with a unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from regimens.yamlfile.problems import NO_UNIT

Words = Annotated[str, Field(min_length=1)]


def _with_unit(*units: str) -> Callable[[object], object]:
    """Return a check that refuses a bare number where a quantity such as '16 weeks' is needed, and proposes these units."""

    def check(value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise PydanticCustomError(NO_UNIT, "a quantity without its unit", {"units": units})
        return value

    return check


DoseText = Annotated[Words, BeforeValidator(_with_unit("MIU SC"))]
AmountText = Annotated[Words, BeforeValidator(_with_unit("MIU", "mg"))]
IL2Text = Annotated[Words, BeforeValidator(_with_unit("MIU"))]
Weeks = Annotated[Words, BeforeValidator(_with_unit("weeks"))]
Days = Annotated[Words, BeforeValidator(_with_unit("days"))]
Hours = Annotated[Words, BeforeValidator(_with_unit("h"))]
SizeText = Annotated[Words, BeforeValidator(_with_unit("kg", "cm"))]
Kilograms = Annotated[Words, BeforeValidator(_with_unit("kg"))]
Centimetres = Annotated[Words, BeforeValidator(_with_unit("cm"))]
SquareMetres = Annotated[Words, BeforeValidator(_with_unit("m2"))]


class Shape(BaseModel):
    """What all shapes share: unknown keys, loose types and infinite numbers are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
