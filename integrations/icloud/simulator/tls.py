"""A certificate for this machine's own names, under a root made for the purpose (HALFPAST_CA_FILE adds the root).

Nobody is asked to look away: whoever talks to the simulator checks its certificate as he would Apple's. The root's key
is thrown away once the one certificate is signed, and the root is good for loopback names alone.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_LASTS = timedelta(days=365)
_RENEWED = timedelta(days=30)  # before the end
_NAMES: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
_MAY_SIGN: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_network("127.0.0.0/8"))]


@dataclass(frozen=True, slots=True)
class Papers:
    """What a server shows, and what its clients must trust to believe it."""

    ca_file: Path  # the root, in PEM: for HALFPAST_CA_FILE
    server_file: Path  # key and certificate, for the owner's eyes

    def context(self) -> ssl.SSLContext:
        """Return the server's side of TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.server_file)
        return context


def papers(folder: Path, *, now: datetime | None = None) -> Papers:
    """Return the papers kept in `folder`; made where they are missing, and anew a month before they end."""
    found = Papers(folder / "ca.pem", folder / "server.pem")
    now = now or datetime.now(UTC)
    if not _good(found, now):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(found, now)
    return found


def _good(found: Papers, now: datetime) -> bool:
    """Return whether both files are there, belong together and last."""
    try:
        root = x509.load_pem_x509_certificate(found.ca_file.read_bytes())
        leaf = x509.load_pem_x509_certificate(found.server_file.read_bytes())
        leaf.verify_directly_issued_by(root)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    return leaf.not_valid_after_utc - now > _RENEWED


def _make(wanted: Papers, now: datetime) -> None:
    """Write a new root and the one certificate that it ever signs."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = _name("Halfpast simulator, this machine only")
    root = _blank(issuer, issuer, root_key, now)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_usage(signs_certificates=True), critical=True)
    root = root.add_extension(x509.NameConstraints(_MAY_SIGN, None), critical=True)
    signed = _leaf(issuer, root_key, key, now).sign(root_key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(wanted.server_file, secret + signed.public_bytes(serialization.Encoding.PEM))
    _write(wanted.ca_file, root.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _leaf(
    issuer: x509.Name, root_key: ec.EllipticCurvePrivateKey, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    """Describe the certificate of the server."""
    parent = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    return (
        _blank(_name("localhost"), issuer, key, now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_NAMES), critical=False)
        .add_extension(parent, critical=False)
    )


def _blank(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    """Begin a certificate; it is valid a day back already, for clocks that differ."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """Say what a key is for."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
