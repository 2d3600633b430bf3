"""Exposure rows of trial databases (the SDTM domain EX): one constant-dosing interval a row, read and written."""

from regimens.exposurerows.reading import ExposureRows, read_exposure_rows
from regimens.exposurerows.writing import COLUMNS, exposure_rows

__all__ = ["COLUMNS", "ExposureRows", "exposure_rows", "read_exposure_rows"]
