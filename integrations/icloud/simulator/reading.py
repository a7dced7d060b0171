"""HTTP as it comes over the wire: a request line, headers, a body of known length or in chunks."""

from __future__ import annotations

from typing import BinaryIO

LINE = 64 * 1024
_LARGEST_BODY = 64 * 1024 * 1024


class Garbled(Exception):
    """What came is no HTTP."""


def request_line(line: bytes) -> tuple[str, str]:
    """Return method and target."""
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Garbled
    return words[0], words[1]


def header_lines(stream: BinaryIO) -> list[bytes]:
    """Return the lines up to the empty one."""
    lines: list[bytes] = []
    while (line := stream.readline(LINE)).strip():
        lines.append(line)
        if len(lines) > 200:
            raise Garbled
    return lines


def header(line: bytes) -> tuple[str, str]:
    """Return a header's name in small letters, and its value."""
    name, colon, value = line.decode("latin-1").partition(":")
    if not colon:
        raise Garbled
    return name.strip().lower(), value.strip()


def body(stream: BinaryIO, headers: dict[str, str]) -> bytes:
    """Return the body that the headers announce; OSError when the client goes away before its end."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return b"".join(_chunks(stream))
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > _LARGEST_BODY:
        raise Garbled
    data = stream.read(int(length))
    if len(data) < int(length):
        raise OSError("the client went away")
    return data


def _chunks(stream: BinaryIO) -> list[bytes]:
    found = []
    while size := int(stream.readline(LINE).partition(b";")[0], 16):
        found.append(stream.read(size))
        stream.readline(LINE)
    stream.readline(LINE)
    return found
