"""For authors of backends: `BackendContract` to be passed, `ready_store` to stand behind it, `FaultPlan` to fail."""

from __future__ import annotations

from forumtui.testing.contract import BackendContract, Stage
from forumtui.testing.faults import Fault, FaultPlan
from forumtui.testing.ready import ready_store

__all__ = ["BackendContract", "Fault", "FaultPlan", "Stage", "ready_store"]
