"""Tables of arrays: the columns of those tables of a comparison that are no rows of a dataclass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.tables import Column, Table

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint

ARM, MODEL = Column("arm", "arm"), Column("model", "model")
OBSERVABLE, UNIT = Column("observable", "observable of the model"), Column("unit", "unit of the values")
DRAW, SUBJECT = Column("draw", "parameter draw, from 0"), Column("subject", "subject within the draw, from 0")
TIME = Column("time_h", "elapsed time", "h")
ID = Column("id", "id of the person in the file of people; blank where there is none")

EXPOSURE = Table(
    "exposure",
    "arm and drug",
    (
        ARM,
        Column("drug", "drug"),
        Column("doses", "number of doses of the whole regimen"),
        Column("amount", "different amounts per dose at the scenario's subject, in order of use", "unit"),
        Column("total", "total of the whole regimen at the scenario's subject", "unit"),
        Column("unit", "MIU for IL-2, mg for other drugs"),
        Column("cycles", "number of cycles"),
        Column("first_h", "start of the first dose", "h"),
        Column("last_h", "start of the last dose", "h"),
        Column("days_on", "days with a dose", "days"),
        Column("span_days", "first dose to one interval after the last", "days"),
        Column("per_week", "mean amount per week of the treated span", "unit"),
        Column("peak_7_days", "highest sum over 7 days", "unit"),
        Column("expected", "total that the scenario expects; blank if it states none", "unit"),
        Column("ok", "whether everything stated is as expected; blank if nothing is stated"),
        Column("days_off", "days of the treated span without a dose", "days"),
        Column("total_ug", "total as mass, for a drug with a declared specific activity", "ug"),
        Column("total_nmol", "total as amount of substance, for such a drug", "nmol"),
        Column("people_low", "smallest total of a person, where doses per kg or m2 meet bodies that differ", "unit"),
        Column("people_high", "largest total of a person, likewise", "unit"),
    ),
)
EVENTS = Table(
    "events",
    "planned dose before the horizon",
    (
        ARM,
        Column("drug", "drug"),
        Column("cycle", "outermost cycle of the drug, from 1"),
        Column("dose", "dose within the cycle, from 1"),
        Column("time_h", "start of the dose", "h"),
        Column("amount", "amount, per kg or per m2 where `basis` says so", "IU or mg"),
        Column("basis", "flat, per m2 or per kg"),
        Column("route", "route"),
        Column("duration_h", "time an infusion takes; 0 for a bolus", "h"),
        Column("given", "amount at the scenario's subject, cap applied", "IU or mg"),
    ),
)
TRAJECTORIES = Table(
    "trajectories",
    "arm, model, observable and time",
    (
        ARM,
        MODEL,
        OBSERVABLE,
        UNIT,
        TIME,
        Column("median", "median over subjects and draws", "unit"),
        Column("low", "lower end of the 90 % prediction interval", "unit"),
        Column("high", "upper end of the 90 % prediction interval", "unit"),
        Column("confidence_low", "lower end of the 90 % confidence interval of the typical subject's curve", "unit"),
        Column("confidence_high", "upper end of it", "unit"),
    ),
)
INDIVIDUALS = Table(
    "individuals",
    "arm, model, observable, subject and time",
    (ARM, MODEL, OBSERVABLE, UNIT, DRAW, SUBJECT, TIME, Column("value", "value of this subject", "unit"), ID),
)
SUBJECTS = Table(
    "subjects",
    "draw and subject, where bodies differ",
    (
        DRAW,
        SUBJECT,
        Column("sex", "female, male or blank"),
        Column("weight_kg", "weight", "kg"),
        Column("height_cm", "height", "cm"),
        Column("bsa_m2", "body surface area", "m2"),
        ID,
    ),
)
OBSERVATIONS = Table(
    "observations",
    "arm, model, observable, subject and visit, where the scenario has noise",
    (
        ARM,
        MODEL,
        OBSERVABLE,
        UNIT,
        DRAW,
        SUBJECT,
        TIME,
        Column("true", "value without noise", "unit"),
        Column("observed", "value with day-to-day and assay noise", "unit"),
        ID,
    ),
)
VALUE = Column(
    "<endpoint>",
    "a column for each endpoint, named by its words in the scenario. Blank: the integration stopped (see `status`), the arm or "
    "the subject has no such value, or the model has no such observable. inf: the time is not reached. An SMD is that of the "
    "trial that all subjects of the draw are, the same in each of them",
    "`unit` of `summary`",
)
ENDPOINTS = Table(
    "endpoints",
    "arm, model, draw and subject, where the model knows the drugs of the arm",
    (ARM, MODEL, DRAW, SUBJECT, VALUE, Column("status", "ok, or why the integration stopped; then every value is blank"), ID),
)
"""The table of endpoints with VALUE in place of the endpoints, which every scenario has its own of (`endpoints_table`)."""


def endpoints_table(endpoints: Iterable[Endpoint]) -> Table:
    """Return the table of endpoints as a scenario with these endpoints has it: a column for each."""
    place = ENDPOINTS.columns.index(VALUE)
    values = tuple(replace(VALUE, name=endpoint.words) for endpoint in endpoints)
    return replace(ENDPOINTS, columns=(*ENDPOINTS.columns[:place], *values, *ENDPOINTS.columns[place + 1 :]))
