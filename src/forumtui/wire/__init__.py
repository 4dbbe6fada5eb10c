"""The model's values as JSON, for the HTTP API: what `encode` makes, `decode` reads.

An object has the names of the value's fields; an act besides a ``kind``.  Times are integers (ms since 1970
UTC), enums their values, sets sorted lists, `Can` an object from ability to "" or reason, left out when empty.

Both are compiled from the fields of the values when a class is first met, so that a new field needs no line here.
"""

from forumtui.wire.decoding import decode, decode_act
from forumtui.wire.encoding import encode
from forumtui.wire.kinds import KINDS

__all__ = ["KINDS", "decode", "decode_act", "encode"]
