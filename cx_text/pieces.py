"""Texts as token numbers, by the WordPiece tokenizer of minilm-1 that all shipped vectors go by."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import chain

from tokenizers import Tokenizer

from cx_text.shipped import model_path, shipped_file

FORMAT = 1
KEPT_CHUNKS, KEPT_LENGTH = 50_000, 30


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """Return the tokenizer without padding and without a limit, read once a process.

    Raises:
        WorkspaceError: the shipped file is missing or was changed.
    """
    read = Tokenizer.from_buffer(shipped_file(model_path("minilm-1"), "tokenizer.json", FORMAT))
    read.no_padding()
    read.no_truncation()
    return read


class Pieces(dict[str, tuple[int, ...]]):
    """The token numbers of chunks between blanks; short chunks are kept, since most come again."""

    def __init__(self, prepare: Callable[[str], str] = str) -> None:
        """Keep `prepare`, what is done to a chunk before its tokens are told."""
        super().__init__()
        self._prepare = prepare

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        """Return the tokens of a chunk that is not kept."""
        tokens = tuple(tokenizer().encode(self._prepare(chunk), add_special_tokens=False).ids)
        if len(chunk) <= KEPT_LENGTH and len(self) < KEPT_CHUNKS:
            self[chunk] = tokens
        return tokens

    def of(self, text: str) -> list[int]:
        """Return the tokens of `text`, those of its chunks one after the other: no token holds a blank.

        >>> Pieces().of("Late again!") == Pieces().of("late   again !")
        True
        """
        return list(chain.from_iterable(map(self.__getitem__, text.split())))
