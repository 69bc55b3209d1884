"""
Prints messages in the format of Rails' Active Record encryption, as JSON.

Not made by Rails: by an implementation of its published algorithm on top of Python's cryptography package, that is
of OpenSSL, and of Python's zlib and PBKDF2.
"""

import base64
import hashlib
import hmac
import json
import os
import zlib

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT = "g1ymJ8XGTJnBN2mHTS0aVqFJWvcDoRpa"
PRIMARY = ["2mYcRGpNq5vL5pZ0WbT8hKfQxEsAu7Jd", "wS4nB9oXkVtC1rMzHyPgD6eUjLaIq3Fi"]
DETERMINISTIC = "Zp7TqEhWc2NxKvR5bYdMf9LsJg4UoA8i"
TEXTS = ["", "a note of 1 line", "Grüße", "The same again. " * 20]


def b64(value):
    return base64.b64encode(value).decode()


def derive(password, digest):
    return hashlib.pbkdf2_hmac(digest, password.encode(), SALT.encode(), 2**16, 32)


def sealed(key, plaintext, deterministic=False):
    iv = hmac.digest(key, plaintext, "sha256")[:12] if deterministic else os.urandom(12)
    both = AESGCM(key).encrypt(iv, plaintext, b"")
    return {"p": b64(both[:-16]), "h": {"iv": b64(iv), "at": b64(both[-16:])}}


def message(key, text, deterministic=False, envelope=False, reference=False):
    plaintext = text.encode()
    compressed = len(plaintext) > 140
    if compressed:
        plaintext = zlib.compress(plaintext)
    data_key = os.urandom(32) if envelope else key
    made = sealed(data_key, plaintext, deterministic)
    if envelope:
        made["h"]["k"] = sealed(key, data_key)
        made["h"]["k"]["h"]["e"] = b64(b"ASCII-8BIT")
    if reference:
        made["h"]["i"] = b64(hashlib.sha1(key).hexdigest()[:4].encode())
    if compressed:
        made["h"]["c"] = True
    return json.dumps(made, separators=(",", ":"))


def main():
    cases = []
    for digest in ("sha1", "sha256"):
        for text in TEXTS:
            for number, password in enumerate(PRIMARY):
                key = derive(password, digest)
                for envelope in (False, True):
                    for reference in (False, True):
                        cases.append(
                            {
                                "name": f"primary {number}, envelope {envelope}, reference {reference}",
                                "digest": digest,
                                "plaintext": text.encode().hex(),
                                "message": message(key, text, envelope=envelope, reference=reference),
                            }
                        )
            cases.append(
                {
                    "name": "deterministic",
                    "digest": digest,
                    "plaintext": text.encode().hex(),
                    "message": message(derive(DETERMINISTIC, digest), text, deterministic=True),
                }
            )
    print(json.dumps({"salt": SALT, "primary": PRIMARY, "deterministic": DETERMINISTIC, "cases": cases}, indent=1))


main()
