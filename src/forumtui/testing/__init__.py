"""For authors of backends: `BackendContract` to be passed, `ReferenceForum` to compare with, `FaultPlan` to fail."""

from __future__ import annotations

from forumtui.testing.contract import BackendContract, Stage
from forumtui.testing.faults import Fault, FaultPlan
from forumtui.testing.reference.forum import ReferenceForum

__all__ = ["BackendContract", "Fault", "FaultPlan", "ReferenceForum", "Stage"]
