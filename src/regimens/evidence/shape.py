"""The shape of the library file, for pydantic; meaning is added by `regimens.evidence.library`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")]
HowRead = Literal["abstract", "label", "figure", "full text", "registry", "secondary", "news report"]


class Shape(BaseModel):
    """What all shapes share: unknown keys, loose types and infinite numbers are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ArmShape(Shape):
    """One arm or dose level: a regimen with its total, or the reason why it has none."""

    regimen: Words | dict[str, Words] | None = None
    total: Words | dict[str, Words] | None = None
    tabled: Words | None = None
    open: Words | None = None
    who: str = ""
    n: int | None = Field(None, ge=1)
    weight: Words | None = None
    bsa: Words | None = None
    assumed: Words | list[Words] | None = None
    note: str = ""


class StudyShape(Shape):
    """One study with its arms."""

    citation: Words
    year: int | None = Field(None, ge=1980, le=2100)
    doi: str = Field("", pattern=r"^(10\.\d{4,9}/\S+)?$")
    doi_verified: bool | None = None
    registration: str = ""
    population: Words
    n: int | None = Field(None, ge=1)
    concomitant: str = ""
    how_read: HowRead
    assumed: Words | list[Words] | None = None
    note: str = ""
    arms: dict[Name, ArmShape] = Field(min_length=1)


class LibraryShape(Shape):
    """The library: studies by name."""

    studies: dict[Words, StudyShape] = Field(min_length=1)
