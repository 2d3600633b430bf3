"""The schema of who is simulated in a scenario file: the typical subject and the population."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from regimens.scenario.shape import Centimetres, Kilograms, Shape, SizeText, SquareMetres, Words


class SubjectShape(Shape):
    """The body that doses per kg and per m2 meet; BSA by Mosteller, to 0.01 m2, unless given."""

    weight: Kilograms = "70 kg"
    height: Centimetres = "167 cm"
    bsa: SquareMetres | None = None


class SizeShape(Shape):
    """A size of the body: log-normal around `typical`, never outside `bounds`."""

    typical: SizeText = Field(description="With its unit, for example '66 kg' or '163 cm'.")
    cv: float = Field(ge=0, le=1.0, description="Coefficient of variation between subjects, a fraction.")
    bounds: list[SizeText] | None = Field(
        default=None, min_length=2, max_length=2, description="Left out: three standard deviations either way."
    )


class SizeBySexShape(Shape):
    """A size of the body that differs between women and men."""

    female: SizeShape
    male: SizeShape


def _size_kind(value: object) -> str:
    return "by sex" if isinstance(value, dict) and ({"female", "male"} & set(value)) else "for all"


EitherSize = Annotated[Annotated[SizeShape, Tag("for all")] | Annotated[SizeBySexShape, Tag("by sex")], Discriminator(_size_kind)]


class BodyShape(Shape):
    """How bodies differ; what is left out is that of the scenario's subject. BSA follows by Mosteller."""

    female: float | None = Field(default=None, ge=0, le=1, description="Share of women.")
    weight: EitherSize | None = None
    height: EitherSize | None = None


class CorrelationShape(Shape):
    """Correlation between the z-scores of a subject in two parameters, or in 'weight' and 'height'."""

    between: list[Words] = Field(min_length=2, max_length=2)
    value: float = Field(gt=-1, lt=1)


class PopulationShape(Shape):
    """Virtual subjects drawn from the models' between-subject variability, anew in every parameter draw."""

    subjects: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Subjects of each parameter draw; the rows of 'people'."
    )
    seed: int = Field(ge=0, lt=2**63)
    draws: int = Field(default=1, ge=1, le=10_000, description="Parameter draws; with one, parameters are taken as known.")
    cv: dict[Words, Annotated[float, Field(ge=0, le=3)]] = Field(
        default={}, description="Between-subject CV of parameters, in place of the model's."
    )
    correlations: list[CorrelationShape] = Field(default=[])
    body: BodyShape | None = None
    people: Words | None = Field(
        default=None,
        description="CSV file of people in the folder of this file: subject, weight_kg, bsa_m2 or height_cm, sex, parameters.",
    )
