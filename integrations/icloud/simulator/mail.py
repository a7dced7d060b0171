"""A mail that iCloud would send to people. Tests assert that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["REQUEST", "CANCEL", "REPLY"]
By = Literal["dav", "phone"]


@dataclass(frozen=True, slots=True)
class Mail:
    """One scheduling message (A70, A72). `by` tells who caused it: a client over the network, or the phone actor."""

    method: Method
    organiser: str
    recipient: str
    uid: str
    why: str
    by: By
