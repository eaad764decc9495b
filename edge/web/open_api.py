"""The HTTP API in OpenAPI 3.1, from the tables of the site: /api/openapi.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from edge.web.forms import Form
from edge.web.site import API, Action, Site, View

_CID: Mapping[str, Any] = {
    "type": "string", "format": "uuid",
    "description": "UUIDv7, of what is done: given again, it is not done again.",
}  # fmt: skip
_TOLD: Mapping[str, Any] = {
    "type": "object",
    "required": ["state"],
    "properties": {
        "state": {"enum": ["done", "running", "refused"]},
        "message": {"type": "string", "description": "In the language of the cookie `language`, else the shop's."},
        "cid": _CID,
        "detail": {"type": "string", "description": "What terminal or device said themselves."},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "What is wrong with each.",
        },
    },
}
_REFUSALS: Mapping[str, str] = {
    "401": "Nobody has logged in, or the session is over.",
    "403": "Another role's, without the token of the session, or a password is to be chosen first.",
    "413": "Too long.",
    "421": "Asked under a name that this box does not have.",
    "503": "The terminal is starting.",
}


def describe(site: Site, version: str, cookie: str) -> dict[str, Any]:
    models: list[type[BaseModel]] = [*(view.model for view in site.views), *(action.form for action in site.actions)]
    _, schemas = models_json_schema(
        [(model, "serialization" if not issubclass(model, Form) else "validation") for model in dict.fromkeys(models)],
        ref_template="#/components/schemas/{model}",
    )
    for action in site.actions:
        schemas["$defs"][action.form.__name__].setdefault("properties", {})["cid"] = _CID
    paths: dict[str, Any] = {f"{API}/login": {"post": _login()}}
    for view in site.views:
        paths.setdefault(view.api_path, {})["get"] = _view(view)
    for action in site.actions:
        paths.setdefault(f"{API}{action.path}", {})["post"] = _action(action)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The terminal's own page", "version": version, "description": _ABOUT},
        "paths": dict(sorted(paths.items())),
        "security": [{"session": []}],
        "components": {
            "schemas": {**schemas.get("$defs", {}), "Told": dict(_TOLD)},
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
    }


_ABOUT = (
    "What the pages show and do, as JSON. POST /api/login {account, password} sets the cookie and answers `csrf`, "
    "which each further POST sends as X-CSRF-Token. GET changes nothing."
)


def _view(view: View) -> dict[str, Any]:
    return {
        "operationId": f"show_{view.name}",
        "description": _roles(view.roles),
        "responses": {"200": _json(f"#/components/schemas/{view.model.__name__}"), **_refusals()},
    }


def _action(action: Action) -> dict[str, Any]:
    told = _json("#/components/schemas/Told")
    return {
        "operationId": action.path.strip("/").replace("/", "_").replace("-", "_"),
        "description": _roles(action.roles),
        "parameters": [{"name": "X-CSRF-Token", "in": "header", "required": True, "schema": {"type": "string"}}],
        "requestBody": {"required": True, "content": {
            "application/json" if action.keeps is None else "multipart/form-data":
            {"schema": {"$ref": f"#/components/schemas/{action.form.__name__}"}}
        }},
        "responses": {"200": told, "202": told, "422": told, **_refusals()},
    }  # fmt: skip


def _login() -> dict[str, Any]:
    words = {"account": {"type": "string"}, "password": {"type": "string"}}
    return {
        "operationId": "login",
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {
            "schema": {"type": "object", "required": list(words), "properties": words}
        }}},
        "responses": {"200": {"description": "Logged in."}, "403": {"description": "Wrong, or to be waited for."},
                      "422": {"description": "No JSON object."}},
    }  # fmt: skip


def _roles(roles: frozenset[Any]) -> str:
    return f"For: {', '.join(sorted(role.value for role in roles))}."


def _json(ref: str) -> dict[str, Any]:
    return {"description": ref.rpartition("/")[2], "content": {"application/json": {"schema": {"$ref": ref}}}}


def _refusals() -> dict[str, Any]:
    return {status: {"description": why} for status, why in _REFUSALS.items()}
