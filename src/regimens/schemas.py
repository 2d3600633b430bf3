"""JSON Schemas of the files users write, for completion and red squiggles in editors."""

from __future__ import annotations

import json


def schema_text(kind: str) -> str:
    """Return the JSON Schema of 'scenario' or 'model' files, as committed in `schema/`."""
    from regimens.model.shape import ModelShape
    from regimens.scenario.file import ScenarioShape

    shape = {"scenario": ScenarioShape, "model": ModelShape}[kind]
    return json.dumps(shape.model_json_schema(by_alias=True), indent=2, ensure_ascii=False) + "\n"
