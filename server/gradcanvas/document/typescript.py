"""Print pydantic models as TypeScript, by way of their JSON Schema; knows nothing of what they mean."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]

_NAMES = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def typescript(models: Sequence[tuple[type[BaseModel], Mode]]) -> str:
    """Return an exported interface for each model and each model they use, sorted by name.

    Args:
        models: Each with the direction: as it is taken ("validation": what has a default may be missing) or
            as it is given ("serialization": nothing is missing).
    """
    _, schema = models_json_schema(models, by_alias=True, ref_template="{model}")
    definitions: dict[str, Schema] = schema.get("$defs", {})
    return "\n".join(_definition(name, definitions[name]) for name in sorted(definitions))


def _definition(name: str, schema: Schema) -> str:
    comment = _comment(schema)
    if "properties" not in schema and schema.get("type") != "object":
        return f"{comment}export type {name} = {_type(schema)};\n"
    required = set(schema.get("required", ()))
    lines = [
        f"  readonly {_key(key)}{'' if key in required else '?'}: {_type(value)};\n"
        for key, value in schema.get("properties", {}).items()
    ]
    return f"{comment}export interface {name} {{\n{''.join(lines)}}}\n"


def _comment(schema: Schema) -> str:
    lines = schema.get("description", "").strip().splitlines()
    return f"/** {lines[0].replace('*/', '* /')} */\n" if lines else ""


def _key(key: str) -> str:
    return key if key.isidentifier() else json.dumps(key)


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "anyOf" in schema or "oneOf" in schema:
        return _union(_type(one) for one in schema.get("anyOf") or schema["oneOf"])
    return _typed(schema)


def _typed(schema: Schema) -> str:
    match schema.get("type"):
        case "array":
            return _array(schema)
        case "object":
            return _map(schema)
        case "string" if schema.get("format") == "binary":
            return "Uint8Array | ArrayBuffer"
        case str(name):
            return _NAMES[name]
        case list(names):
            return _union(_NAMES[name] for name in names)
    return "unknown"


def _array(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"readonly [{', '.join(_type(item) for item in schema['prefixItems'])}]"
    item = _type(schema.get("items", {}))
    return f"readonly ({item})[]" if " " in item else f"readonly {item}[]"


def _map(schema: Schema) -> str:
    values = schema.get("additionalProperties", {})
    return f"Readonly<Record<string, {_type(values) if isinstance(values, dict) else 'unknown'}>>"


def _union(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))
