"""Write the JSON Schemas of scenario, model and arms files to `schema/`, after a change of their shapes."""

from pathlib import Path

from regimens.schemas import schema_text

for kind in ("scenario", "model", "arms"):
    Path(__file__).parents[1].joinpath("schema", f"{kind}.json").write_text(schema_text(kind), encoding="utf-8")
