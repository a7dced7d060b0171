"""XML in pieces, without DTD and without endless tokens; and the names inside a DAV error."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from integrations.gateway.errors import Hostile, NotUnderstood, TooLarge

_MAX_TOKEN = 1024 * 1024  # one tag, comment or the like; expat reads an unfinished one again with every piece


def preconditions(body: bytes) -> frozenset[str]:
    """Return the names inside a DAV error body ("DAV: valid-sync-token", …); empty for any other body."""
    names: list[str] = []
    try:
        feeder(lambda name, _: names.append(name), lambda name: None, lambda text: None)(body, True)
    except (NotUnderstood, TooLarge):
        return frozenset()
    return frozenset(names[1:]) if names and names[0] == "DAV: error" else frozenset()


def feeder(
    start: Callable[[str, dict[str, str]], None], end: Callable[[str], None], data: Callable[[str], None]
) -> Callable[[bytes, bool], None]:
    """Return a function that takes pieces of a document and calls back; it refuses DTDs and endless tokens."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_dtd
    fed = 0

    def feed(piece: bytes, final: bool) -> None:
        nonlocal fed
        piece = piece if fed else piece.lstrip()
        fed += len(piece)
        try:
            parser.Parse(piece, final)
        except (expat.ExpatError, LookupError, ValueError) as failure:  # the last two: encodings expat cannot read
            raise NotUnderstood(f"the server's answer is not well-formed XML ({failure})") from None
        if fed - max(parser.CurrentByteIndex, 0) > _MAX_TOKEN:
            raise Hostile("the server's answer holds an endless token")

    return feed


def _refuse_dtd(_name: str, _system: str | None, _public: str | None, declares: int) -> None:
    if declares:
        raise Hostile("the server's answer declares entities of its own, which is not allowed")
    raise NotUnderstood("the server's answer holds a document type, which is not allowed")
