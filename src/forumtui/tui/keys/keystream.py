"""Cuts what the terminal sends into keys, pasted text, and the debris of keys that arrived in pieces.

Pure logic with an injected clock; `forumtui.tui.keys.strokes` makes events of what comes out.  No byte can make it wait for
ever: whatever is begun ends after a second of silence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from forumtui.text.pattern import pattern
from forumtui.values import quick_dataclass

BROKEN_FOR = 1.0
"""Seconds of silence after which the rest of a broken sequence, or of a paste, is no longer expected."""
ESC = "\x1b"
PASTE_BEGINS = "\x1b[200~"
PASTE_ENDS = "\x1b[201~"

_TOGETHER = 0.1
"""Seconds within which Esc and a key count as alt and that key, and a run of text belongs to the paste before it."""
_LONG = 32
_VARIED = 8
_LONGEST_SEQUENCE = 4096
"""Characters; a terminal's answers can be long, keys have some ten."""

_WHOLE = pattern(
    r"\x1b(?:"
    r"\[(?:M[\s\S]{3}|\[[A-Za-z]|\d{1,2}\$|\?[\d;]*\$y|[<=>?]?[\d;:]+M|[<=>?]?[\d;:]*[@-LN-Z\\^-~])"
    r"|O[\d;]*[ -/:<-~]"
    r"|(?:\]\d|P[01>!+])[^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|[^\x1b\[O\]P]|\](?=\D)|P(?=[^01>!+])"
    r")"
)
"""A sequence with its end: keys, reports of mouse, focus and modes, answers to questions, Esc and one character."""
_BEGUN = pattern(
    r"\x1b(?:"
    r"\[(?:M[\s\S]{0,2}|\[|\?[\d;]*\$|[<=>?]?[\d;:]*)"
    r"|O[\d;]*"
    r"|(?:\]\d|P[01>!+])[^\x07\x1b]*\x1b?"
    r"|[\]P]?"
    r")"
)
_OF_A_KEY = pattern(r"\x1b(?:\[[<=>?]?[\d;:]*[A-FHIOMPQRSZmu~]|\[\[[A-E]|O[\d;]*[A-FHMP-S])")
_PLAIN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
_RUN = pattern(f"{_PLAIN}+")
_RUN_WITH_ESC = pattern(rf"{_PLAIN}(?:{_PLAIN}|\x1b(?=[^\x1b\[O]))*")
_ADDRESS = pattern(r"(?i)\s*(?:https?|unix|file)://\S+\s*")


@quick_dataclass(frozen=True, slots=True)
class Sequence:
    """One key or report, whole: a character, or an escape sequence."""

    text: str


@quick_dataclass(frozen=True, slots=True)
class Escape:
    """The Esc key, as far as one can tell."""


@quick_dataclass(frozen=True, slots=True)
class Debris:
    """The Esc before was none: the rest of the sequence that it began came late."""


@quick_dataclass(frozen=True, slots=True)
class Typed:
    """Several characters that came at once: typed ahead, repeated by the keyboard, or a short paste without marks."""

    text: str


@quick_dataclass(frozen=True, slots=True)
class Pasted:
    """Text that was pasted, as it came."""

    text: str


Token = Sequence | Escape | Debris | Typed | Pasted


def is_clearly_pasted(text: str) -> bool:
    """Whether characters that came at once are a paste without marks.

    An address is.  So are 32 characters or more of which eight differ: nobody types that blind, and a key that repeats
    on a slow line is always the same.
    """
    return (len(text) >= _LONG and len(set(text)) >= _VARIED) or _ADDRESS.fullmatch(text) is not None


class KeyStream:
    """``patience``: seconds after which an Esc is one, until the line proves slow: then it is a second."""

    def __init__(self, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.patience = patience
        self._clock = clock
        self._begun = ""
        self._paste: str | None = None
        self._since = 0.0
        """When the last piece of what is begun came."""
        self._told = False
        """Whether the Esc of what is begun was given out already."""
        self._debris_until = 0.0
        self._pasting_until = 0.0
        self._pasted_from = 1
        """So many characters at once still belong to the paste before; after an end mark a single one is a key."""

    def feed(self, data: str) -> Iterator[Token]:
        """What came from the terminal in one read."""
        now = self._clock()
        while data:
            goes_on = self._begun or (data[0] in "[O" and now < self._debris_until)
            if self._paste is not None:
                tokens, data = self._go_on_pasting(data, now)
            elif not goes_on and (end := _unmatched_end(data)) is not None:
                tokens, data = self._pasted(data[:end], now), data[end + len(PASTE_ENDS) :]
            elif goes_on or data[0] == ESC:
                tokens, data = self._go_on_with_sequence(data, now)
            else:
                tokens, data = self._plain(data, now)
            yield from tokens

    def tick(self) -> Iterator[Token]:
        """Look whether the time for more is over; to be called some ten times a second."""
        silence = self._clock() - self._since
        if self._paste is not None:
            if silence >= BROKEN_FOR:
                yield from self._end_paste_unmarked()
        elif self._begun and silence >= self._waits:
            yield from self._end_sequence()

    def end(self) -> Iterator[Token]:
        """Nothing more will come: text that was pasted is shown, a key that is not whole is none."""
        if self._paste is not None:
            yield from self._end_paste_unmarked()

    # -- escape sequences

    @property
    def _waits(self) -> float:
        """Seconds that the rest of what is begun is waited for: nobody types Esc and [ at once, so that is a key."""
        return BROKEN_FOR if self._told or self._begun[1:2] in {"[", "O"} else self.patience

    def _go_on_with_sequence(self, data: str, now: float) -> tuple[list[Token], str]:
        if not self._begun and data[0] != ESC:  # an Esc was given out and this goes on with it
            self._begun, self._told = ESC, True
        if self._begun == ESC and data[0] not in "[O":
            if self._told:
                self._drop()
                return [], data
            if now - self._since > _TOGETHER:
                self._drop()
                return [Escape()], data
        text, told = self._begun + data, self._told
        self._drop()
        if text.startswith(ESC + ESC):
            return [] if told else [Escape()], text[1:]
        if whole := _WHOLE.match(text):
            return self._whole(whole.group(), now, told=told), text[whole.end() :]
        begun = _BEGUN.match(text)
        if begun is None or begun.end() < len(text) or len(text) > _LONGEST_SEQUENCE:  # it can not be ended any more
            return [], text[begun.end() if begun else 1 :]
        self._begun, self._told, self._since = text, told, now
        return [], ""

    def _whole(self, sequence: str, now: float, *, told: bool) -> list[Token]:
        if told and _OF_A_KEY.fullmatch(sequence):
            self.patience = BROKEN_FOR
        tokens: list[Token] = [Debris()] if told else []
        if sequence == PASTE_BEGINS:
            self._paste, self._since = "", now
        elif sequence != PASTE_ENDS and not told and not (sequence[1] in "]P" and len(sequence) > 2):
            tokens.append(Sequence(sequence))
        return tokens

    def _end_sequence(self) -> Iterator[Token]:
        begun, told = self._begun, self._told
        self._drop()
        if not told and begun == ESC:
            self._debris_until = self._clock() + BROKEN_FOR
            yield Escape()
        elif not told and begun[1] in "]P" and len(begun) == 2:
            yield Sequence(begun)

    def _drop(self) -> None:
        self._begun, self._told, self._debris_until = "", False, 0.0

    # -- text

    def _plain(self, data: str, now: float) -> tuple[list[Token], str]:
        self._debris_until = 0.0
        run = _RUN.match(data)
        if run is None:
            return [Sequence(data[0])], data[1:]
        text = run.group()
        longer = _RUN_WITH_ESC.match(data)
        if longer is not None and longer.end() > run.end() and is_clearly_pasted(longer.group()):
            text = longer.group()
        rest = data[len(text) :]
        if is_clearly_pasted(text) or (now < self._pasting_until and len(text) >= self._pasted_from):
            return self._pasted(text, now, marked=False), rest
        return [Typed(text) if len(text) > 1 else Sequence(text)], rest

    def _pasted(self, text: str, now: float, *, marked: bool = True) -> list[Token]:
        if marked or len(text) > 1:  # one that comes alone may be a key, held down: soon it must count again
            self._pasting_until, self._pasted_from = now + _TOGETHER, 2 if marked else 1
        return [Pasted(text)] if text else []

    def _go_on_pasting(self, data: str, now: float) -> tuple[list[Token], str]:
        before = self._paste or ""
        text = before + data
        end = text.find(PASTE_ENDS, max(0, len(before) - len(PASTE_ENDS)))
        if end < 0:
            self._paste, self._since = text, now
            return [], ""
        self._paste = None
        return self._pasted(text[:end].replace(PASTE_BEGINS, ""), now), text[end + len(PASTE_ENDS) :]

    def _end_paste_unmarked(self) -> Iterator[Token]:
        """The mark at the end was lost, or is still on its way: a part of it that came is no text."""
        text, self._paste = self._paste or "", None
        cut = next((n for n in range(len(PASTE_ENDS) - 1, 0, -1) if text.endswith(PASTE_ENDS[:n])), 0)
        if cut:
            self._begun, self._told, self._since = PASTE_ENDS[:cut], True, self._clock()
            text = text[:-cut]
        yield from self._pasted(text.replace(PASTE_BEGINS, ""), self._clock())


def _unmatched_end(data: str) -> int | None:
    """Where a paste ends that never began: its first mark was lost, or another end stood in it."""
    end, begin = data.find(PASTE_ENDS), data.find(PASTE_BEGINS)
    return end if end >= 0 and (begin < 0 or end < begin) else None
