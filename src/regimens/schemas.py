"""JSON Schemas of scenario and model files, for completion and checks in editors, and of the arms that are exported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema_text(kind: str) -> str:
    """Return the JSON Schema of 'scenario', 'model' or 'arms' files, as committed in `schema/`."""
    from regimens.armsfile import ArmsShape
    from regimens.model.schema import ModelShape
    from regimens.scenario.schema import ScenarioShape

    shapes: dict[str, type[BaseModel]] = {"scenario": ScenarioShape, "model": ModelShape, "arms": ArmsShape}
    return json.dumps({"$schema": DRAFT, **shapes[kind].model_json_schema()}, indent=2) + "\n"
