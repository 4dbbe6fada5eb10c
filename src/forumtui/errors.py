"""Everything that forumtui raises on purpose.

ForumtuiError                 one clear sentence for a person, in ``str(error)``
├── UsageError                the command line or a name in it is wrong (exit code 2)
├── ConfigError               the configuration file is wrong
├── FileProblem               a file is missing, unreadable, not what it should be
│   ├── NotAForum             the file is no forum file
│   ├── NewerSchema           the file was written by a newer forumtui
│   ├── Damaged               the file is corrupt
│   └── StorageFull           the disk is full, or the folder is read-only
├── NotFound                  no such account, board, topic, post or member
└── BackendError              the only thing a backend may raise
    ├── Offline               surely not sent: no connection was made
    ├── Unanswered            may have arrived: the answer was lost
    ├── RateLimited           surely not done; ask again after ``retry_after`` seconds
    ├── NotYet                surely not done; it is taken after ``retry_after`` seconds, and everything else at once
    ├── Busy                  surely not done; another writer held the forum too long
    ├── AuthRequired          log in (again)
    ├── Refused               for good, with the forum's reason
    │   ├── Missing           there is no such board, topic, post or member
    │   └── Forbidden         not for this member, or not here
    ├── Conflict              the thing changed meanwhile, or the key was used for another text
    │   └── Overtaken         the post has other words by now than those that an edit was made from
    ├── Unsupported           this forum cannot do that
    └── Unreadable            the answer is not what the forum's documentation says
        └── Endless           the answers go round in circles, or come to no end
"""


class ForumtuiError(Exception):
    """Something a person should be told, in one sentence."""


class UsageError(ForumtuiError):
    """The command line, or a name in it, is wrong."""


class ConfigError(ForumtuiError):
    """The configuration file is wrong."""


class FileProblem(ForumtuiError):
    """A file cannot be used as asked."""


class NotAForum(FileProblem):
    """The file is no forum file."""


class NewerSchema(FileProblem):
    """The file was written by a newer forumtui than this one."""


class Damaged(FileProblem):
    """The file is corrupt."""


class StorageFull(FileProblem):
    """Nothing can be written: the disk is full or the folder is read-only."""


class NotFound(ForumtuiError):
    """No such account, board, topic, post or member."""


class BackendError(ForumtuiError):
    """The only family of errors that a backend may raise."""


class Offline(BackendError):
    """Surely not sent: no connection was made."""


class Unanswered(BackendError):
    """It may have arrived: the request left, the answer was lost."""


class RateLimited(BackendError):
    """Surely not done: asked too often.  ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: float = 30.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotYet(BackendError):
    """Surely not done: this one act is taken later, after ``retry_after`` seconds; nothing else has to wait."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(BackendError):
    """Surely not done: another writer held the forum for too long."""


class AuthRequired(BackendError):
    """The forum wants to know who asks."""


class Refused(BackendError):
    """Refused for good; the message is the forum's reason."""


class Missing(Refused):
    """There is no such board, topic, post or member in the forum."""


class Forbidden(Refused):
    """This member may not do that, or nobody may do it here."""


class Conflict(BackendError):
    """The thing changed meanwhile, or the key was used before with another text."""


class Overtaken(Conflict):
    """Surely not done: the post has other words by now than those that an edit was made from."""


class Unsupported(BackendError):
    """This forum cannot do that."""


class Unreadable(BackendError):
    """The answer is not what the forum's documentation promises."""


class Endless(Unreadable):
    """A list goes round in circles, or comes to no end; what came of it is kept."""
