"""What sealing costs. The ceiling is at least ten times what was measured (about 8 µs a value)."""

from __future__ import annotations

import time

from agenda.models import Block


def test_sealing_ten_thousand_values_is_quick(alice):
    blocks = [Block(owner=alice, envelope='{"title": "Dentist", "place": "Gent", "notes": ""}') for _ in range(10_000)]
    began = time.perf_counter()
    for block in blocks:
        block.envelope.ciphertext()
    each = (time.perf_counter() - began) / len(blocks)
    print(f"sealing costs {each * 1e6:.1f} µs a value")
    assert each < 150e-6
