"""What every backend over HTTP shares: one polite client for one origin, and one translation of what goes wrong.

``client`` asks; ``exchange`` has its questions and answers as plain values; ``origin`` keeps requests (and credentials) where they belong; ``body`` reads no more than it
should; ``answers`` turns failures into `BackendError`; ``politeness`` waits its turn; ``events`` reads event streams.
"""

from forumtui.backends.web.answers import IsOwn, NobodyThere, ReasonOf, problem_type
from forumtui.backends.web.client import WebClient
from forumtui.backends.web.exchange import Answer, Handler, Request
from forumtui.backends.web.origin import Elsewhere, Params
from forumtui.backends.web.politeness import Limits

__all__ = [
    "Answer",
    "Elsewhere",
    "Handler",
    "IsOwn",
    "Limits",
    "NobodyThere",
    "Params",
    "ReasonOf",
    "Request",
    "WebClient",
    "problem_type",
]
