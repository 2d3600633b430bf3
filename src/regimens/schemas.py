"""JSON Schemas of the files users write, for completion and red squiggles in editors."""

from __future__ import annotations

import json

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(kind: str) -> str:
    """Return the JSON Schema of 'scenario' or 'model' files, as committed in `schema/`."""
    from regimens.model.schema import ModelShape
    from regimens.scenario.schema import ScenarioShape

    shape = {"scenario": ScenarioShape, "model": ModelShape}[kind]
    return json.dumps({"$schema": DRAFT, **shape.model_json_schema()}, indent=2) + "\n"
