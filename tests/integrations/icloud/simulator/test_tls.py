"""The simulator's certificate: checked for real, good for this machine alone, renewed in time."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from integrations.gateway import dav
from integrations.gateway.base import Credentials
from integrations.gateway.errors import GatewayError
from integrations.gateway.reach import Reach
from integrations.icloud.profile import ICLOUD
from integrations.icloud.simulator.server import Simulator
from integrations.icloud.simulator.tls import papers
from integrations.icloud.simulator.world import World

ALICE = Credentials("alice@icloud.example", "abcd-efgh-ijkl-mnop")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    world = World()
    world.add_account(ALICE.username, "Alice", main_password="main", app_password=ALICE.password)
    with Simulator(world, tls=papers(tmp_path / "tls").context()) as running:
        yield running


def look(simulator: Simulator, ca_file: Path | str) -> str:
    """Return what Halfpast itself finds."""
    reach = Reach(icloud=simulator.url, ca_file=str(ca_file))
    return dav.connect(ICLOUD, simulator.url, ALICE, reach=reach).discover().home


def test_halfpast_believes_it_with_its_root_and_not_without(simulator: Simulator, tmp_path: Path) -> None:
    [account] = simulator.world.accounts.values()
    assert look(simulator, tmp_path / "tls" / "ca.pem") == simulator.home_url(account)
    simulator.world.log.clear()
    for strange in ("", papers(tmp_path / "another").ca_file):
        with pytest.raises(GatewayError, match="(?i)certificate"):
            look(simulator, strange)
    assert simulator.world.log == []  # no password was sent to somebody who could not prove himself


def test_papers_are_kept_and_made_anew_a_month_before_they_end(tmp_path: Path) -> None:
    first = papers(tmp_path, now=NOW).server_file.read_bytes()
    assert papers(tmp_path, now=NOW + timedelta(days=300)).server_file.read_bytes() == first
    later = papers(tmp_path, now=NOW + timedelta(days=340))
    assert later.server_file.read_bytes() != first
    later.context()


@pytest.mark.parametrize("damage", [b"", b"no certificate"])
def test_damaged_or_mismatched_papers_are_made_anew(tmp_path: Path, damage: bytes) -> None:
    kept = papers(tmp_path / "kept", now=NOW)
    kept.ca_file.write_bytes(damage or papers(tmp_path / "other", now=NOW).ca_file.read_bytes())
    papers(tmp_path / "kept", now=NOW).context()
    root, leaf = (x509.load_pem_x509_certificate(path.read_bytes()) for path in (kept.ca_file, kept.server_file))
    leaf.verify_directly_issued_by(root)


def test_the_root_can_vouch_for_nobody_else_and_its_key_is_gone(tmp_path: Path) -> None:
    made = papers(tmp_path, now=NOW)
    root = x509.load_pem_x509_certificate(made.ca_file.read_bytes())
    limits = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert {str(name.value) for name in limits.value.permitted_subtrees or ()} == {"localhost", "127.0.0.0/8"}
    assert made.server_file.read_bytes().count(b"PRIVATE KEY") == 2  # one, begun and ended
    assert b"PRIVATE KEY" not in made.ca_file.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"ca.pem", "server.pem"}
    assert stat.S_IMODE(made.server_file.stat().st_mode) == 0o600
