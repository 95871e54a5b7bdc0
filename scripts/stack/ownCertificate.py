"""A certificate that this machine gives itself, so that the stack can be tried with TLS: nobody else vouches for it."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

GOOD_FOR: Final = timedelta(days=397)
RENEWED_BEFORE_END: Final = timedelta(days=30)
# Clocks of other machines may be behind.
VALID_SINCE: Final = timedelta(hours=1)
PRIVATE: Final = 0o600


def ensureOwnCertificate(folder: Path, names: Sequence[str]) -> tuple[Path, Path]:
    """
    Certificate and key for these host names and addresses in `folder`.

    Made anew only when there is none, when its names are others or when it ends soon: whoever trusts it, trusts it on.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if key.exists() and _isFit(certificate, names):
        return certificate, key
    folder.mkdir(parents=True, exist_ok=True)
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key, pem)
    _write(certificate, _certify(private, names).public_bytes(serialization.Encoding.PEM))
    return certificate, key


def _certify(private: ec.EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    now = datetime.now(UTC)  # noqa: TID251 - a certificate is good by the clock of the machine
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - VALID_SINCE)
        .not_valid_after(now + GOOD_FOR)
        .add_extension(x509.SubjectAlternativeName([_generalName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )


def _isFit(path: Path, names: Sequence[str]) -> bool:
    try:
        known = x509.load_pem_x509_certificate(path.read_bytes())
        alternatives = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    isLasting = known.not_valid_after_utc - RENEWED_BEFORE_END > datetime.now(UTC)  # noqa: TID251 - as above
    return isLasting and list(alternatives) == [_generalName(each) for each in names]


def _generalName(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _write(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    fresh.replace(path)
