"""Ports: what is taken is stepped over."""

from __future__ import annotations

from operations import ports


def test_taken_ports_are_stepped_over() -> None:
    with ports.bind(18600) as first, ports.bind(first.getsockname()[1]) as second:
        assert second.getsockname()[1] > first.getsockname()[1]
        assert next(ports.free(first.getsockname()[1])) > second.getsockname()[1]


def test_a_port_answers_while_it_is_held() -> None:
    with ports.bind(18650) as bound:
        port = bound.getsockname()[1]
        assert ports.answers(port)
    assert not ports.answers(port)
