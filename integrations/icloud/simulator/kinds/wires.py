"""What happens to the bytes: resets, lost answers, slowness, broken framing."""

from __future__ import annotations

import itertools

from integrations.icloud.simulator.kinds.kind import Exchange, Shelf, Values, stream
from integrations.icloud.simulator.message import Answer

shelf = Shelf()
_LONG = 3600.0  # seconds; the client leaves before


@shelf.kind("reset", "the connection is reset before the server acts")
def _reset(exchange: Exchange, _values: Values) -> None:
    exchange.reset()


@shelf.kind("reset-after", "the server acts, then the connection is reset: the write is stored, the answer lost")
def _reset_after(exchange: Exchange, _values: Values) -> None:
    exchange.answer()
    exchange.reset()


@shelf.kind("lost", "the connection ends without an answer; the server did not act")
def _lost(exchange: Exchange, _values: Values) -> None:
    exchange.hang_up()


@shelf.kind("lost-after", "the server acts, then the connection ends without an answer")
def _lost_after(exchange: Exchange, _values: Values) -> None:
    exchange.answer()
    exchange.hang_up()


@shelf.kind("stalled", "the server acts and says nothing for `seconds` (an hour)")
def _stalled(exchange: Exchange, values: Values) -> None:
    exchange.answer()
    exchange.wait(values.get("seconds", _LONG))
    exchange.hang_up()


@shelf.kind("stalled-headers", "the headers stop half-way, for `seconds` (an hour)")
def _stalled_headers(exchange: Exchange, values: Values) -> None:
    head = exchange.answer().head()
    exchange.raw(head[: len(head) // 2])
    exchange.wait(values.get("seconds", _LONG))
    exchange.hang_up()


@shelf.kind("drip", "the body comes in pieces of `size` (1) bytes, one each `pause` (0.2) seconds")
def _drip(exchange: Exchange, values: Values) -> None:
    answer, size = exchange.answer(), values.get("size", 1)
    exchange.raw(answer.head())
    for start in range(0, len(answer.body), size):
        exchange.raw(answer.body[start : start + size])
        exchange.wait(values.get("pause", 0.2))


@shelf.kind("cut", "the connection ends in the middle of the body that was announced")
def _cut(exchange: Exchange, _values: Values) -> None:
    answer = exchange.answer()
    exchange.raw(answer.head())
    exchange.raw(answer.body[: len(answer.body) // 2])
    exchange.hang_up()


@shelf.kind("length-too-large", "Content-Length promises `more` (100) bytes than there are")
def _length_too_large(exchange: Exchange, values: Values) -> None:
    answer = exchange.answer()
    exchange.raw(answer.head(length=len(answer.body) + values.get("more", 100)) + answer.body)
    exchange.hang_up()


@shelf.kind("chunk-missing", "the body comes in chunks, and the last one never comes")
def _chunk_missing(exchange: Exchange, _values: Values) -> None:
    answer = exchange.answer()
    stream(exchange, answer, [answer.body[: len(answer.body) // 2]], ends=False)


@shelf.kind("endless", "the body comes in chunks without end")
def _endless(exchange: Exchange, _values: Values) -> None:
    answer = exchange.answer()
    stream(exchange, answer, itertools.chain([answer.body], itertools.repeat(b" " * 65_536)))


@shelf.kind("many-headers", "the answer has `count` (10,000) headers")
def _many_headers(exchange: Exchange, values: Values) -> None:
    answer: Answer = exchange.answer()
    many = ((f"X-Filler-{n}", "x" * 60) for n in range(values.get("count", 10_000)))
    exchange.send(answer.with_headers(*many))
