"""Prints exported transit keys of an OpenBao development server and what it encrypted with them, as JSON."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

BAO = os.path.join(os.path.dirname(sys.executable), "bao")
MESSAGES = [(b"", b""), (b"a note of 1 line", b"notes/42"), ("Grüße".encode(), b"")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def b64(value):
    return base64.b64encode(value).decode()


class Server:
    def __init__(self):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}/v1/"
        self.process = subprocess.Popen(
            [BAO, "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root", f"-dev-listen-address=127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"X-Vault-Token": "root"},
            method=method,
        )
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
            return json.loads(text) if text else {}

    def wait(self):
        for _ in range(300):
            try:
                return self.call("GET", "sys/health")["version"]
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not start")


def record(server, name, kind):
    server.call("POST", f"transit/keys/{name}", {"type": kind, "exportable": True})
    messages = []
    for version in (1, 2, 3):
        if version > 1:
            server.call("POST", f"transit/keys/{name}/rotate")
        for plaintext, associated in MESSAGES:
            body = {"plaintext": b64(plaintext)}
            if associated:
                body["associated_data"] = b64(associated)
            made = server.call("POST", f"transit/encrypt/{name}", body)["data"]["ciphertext"]
            messages.append(
                {"version": version, "plaintext": plaintext.hex(), "associated": associated.hex(), "ciphertext": made}
            )
    keys = server.call("GET", f"transit/export/encryption-key/{name}")["data"]["keys"]
    return {"type": kind, "keys": keys, "messages": messages}


def main():
    server = Server()
    try:
        version = server.wait()
        server.call("POST", "sys/mounts/transit", {"type": "transit"})
        cases = [record(server, kind, kind) for kind in ("aes256-gcm96", "aes128-gcm96")]
        print(json.dumps({"server": "OpenBao " + version, "cases": cases}, indent=1))
    finally:
        server.process.terminate()
        server.process.wait()


main()
