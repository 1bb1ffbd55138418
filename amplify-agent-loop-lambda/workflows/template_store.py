"""Store workflow templates in `WORKFLOW_TEMPLATES_TABLE`: name, steps, and a version that counts the changes."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from pycommon.encoders import dumps
from pycommon.exceptions import HTTPConflict, HTTPNotFound
from workflows.owned_items import OwnedItems
from workflows.workflow_steps import WorkflowStep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["WorkflowTemplate", "change", "create", "find", "new_id", "now", "page", "remove"]

_templates = OwnedItems("WORKFLOW_TEMPLATES_TABLE")


@dataclass(frozen=True, slots=True)
class WorkflowTemplate:
    """One workflow template of one owner."""

    id: str
    name: str
    steps: tuple[WorkflowStep, ...]
    version: int
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> WorkflowTemplate:
        """Return the workflow of an item. The steps are JSON text, because DynamoDB has no floating-point numbers."""
        steps = tuple(WorkflowStep.of(each, index) for index, each in enumerate(orjson.loads(item.get("steps", "[]"))))
        return cls(item["id"], item["name"], steps, int(item["version"]), item["created_at"], item["updated_at"])

    def summary(self) -> dict[str, Any]:
        """Return the workflow in the form for lists of workflows."""
        return {
            "workflowId": self.id,
            "workflowName": self.name,
            "version": self.version,
            "createdAt": self.created_at,
            "updatedAt": self.updated_at,
        }

    def to_json(self) -> dict[str, Any]:
        """Return the workflow with its steps."""
        return {**self.summary(), "steps": [step.to_json() for step in self.steps]}


def create(owner: str, name: str, steps: Sequence[WorkflowStep]) -> str:
    """Store a new workflow, and return its id."""
    moment, workflow_id = now(), new_id()
    values = {"name": name, "steps": _text(steps), "version": 1, "created_at": moment, "updated_at": moment}
    _templates.put(owner, workflow_id, values)
    return workflow_id


def find(owner: str, workflow_id: str) -> WorkflowTemplate:
    """Return the workflow.

    Raises:
        HTTPNotFound: the owner has no workflow with this id.
    """
    item = _templates.get(owner, workflow_id)
    if item is None:
        raise HTTPNotFound("You have no such workflow")
    return WorkflowTemplate.of(item)


def page(owner: str, limit: int, token: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of the owner's workflows without their steps, the newest first, and the token of the next page."""
    attributes = ("id", "name", "version", "created_at", "updated_at")
    found = _templates.page(owner, limit, token, attributes=attributes, newest_first=True)
    return [WorkflowTemplate.of(item).summary() for item in found.items], found.next_token


def change(owner: str, workflow_id: str, version: int, name: str | None, steps: Sequence[WorkflowStep] | None) -> int:
    """Change the given values if the stored version is still `version`. Return the new version.

    Raises:
        HTTPNotFound: the owner has no workflow with this id.
        HTTPConflict: the stored version is no longer `version`.
    """
    given = {"name": name, "steps": None if steps is None else _text(steps), "updated_at": now()}
    values = {key: value for key, value in given.items() if value is not None}
    assignments = ", ".join(f"#{key} = :{key}" for key in (*values, "version"))
    changed = _templates.update(
        owner, workflow_id, f"SET {assignments}", "#version = :seen", **values, version=version + 1, seen=version
    )
    if changed is None:
        found = find(owner, workflow_id)
        raise HTTPConflict(f"The workflow has version {found.version} now, not {version}; read it and try again")
    return version + 1


def remove(owner: str, workflow_id: str) -> bool:
    """Remove the workflow, and return whether it existed. Runs of the workflow have their own copy of the steps."""
    return _templates.delete(owner, workflow_id)


def new_id() -> str:
    """Return an id that sorts by time and is hard to guess: 12 hexadecimal digits of milliseconds, 20 random digits."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def now() -> str:
    """Return the current time, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(steps: Sequence[WorkflowStep]) -> str:
    return dumps([step.to_json() for step in steps])
