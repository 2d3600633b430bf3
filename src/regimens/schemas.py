"""JSON Schemas of the files users write, for completion and red squiggles in editors."""

from __future__ import annotations


def schema_text(kind: str) -> str:
    """Return the JSON Schema of 'scenario' or 'model' files, as committed in `schema/`."""
    from regimens.model import file as model_file
    from regimens.scenario import file as scenario_file

    return {"scenario": scenario_file.schema, "model": model_file.schema}[kind]()
