"""Prints values that the reference implementation of Argon2 (argon2-cffi) derives, as JSON."""

import json
from importlib.metadata import version

from argon2.low_level import Type, hash_secret_raw

CASES = [
    ("violet anchor mumble seventeen", 19456, 2, 1),
    ("violet anchor mumble seventeen", 19456, 3, 4),
    ("Grüße aus Köln am Rhein", 65536, 3, 4),
]


def main():
    salt = bytes(range(16, 32))
    cases = [
        {
            "passphrase": passphrase,
            "salt": salt.hex(),
            "memory": memory,
            "iterations": iterations,
            "parallelism": parallelism,
            "value": hash_secret_raw(
                passphrase.encode(), salt, iterations, memory, parallelism, 32, Type.ID
            ).hex(),
        }
        for passphrase, memory, iterations, parallelism in CASES
    ]
    print(json.dumps({"argon2-cffi": version("argon2-cffi"), "cases": cases}, indent=1))


main()
