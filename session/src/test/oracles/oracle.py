"""Signs and reads cookies with Django and Flask. One JSON object of strings a line, the answer likewise."""

import json
import sys
import time

clock = time.time
now = None
time.time = lambda: clock() if now is None else now

FORMATS = {}


def as_sent(header):
    return header.split("; ")[0]


def django():
    import django as package
    from django.conf import settings
    from django.core import signing
    from django.http import HttpResponse

    settings.configure(
        SECRET_KEY="none yet", DEFAULT_CHARSET="utf-8", USE_TZ=True, SESSION_COOKIE_AGE=10**9
    )
    package.setup()
    fixed = hasattr(signing, "_cookie_signer_salt")

    def cookie(ask):
        settings.SECRET_KEY = ask["secret"]
        response = HttpResponse()
        if ask["form"] == "legacy" and fixed:
            # What set_signed_cookie did before the fix.
            signer = signing.get_cookie_signer(salt=ask["name"] + ask["salt"])
            response.set_cookie(ask["name"], signer.sign(ask["value"]))
        elif ask["form"] == "v2" and not fixed:
            raise ValueError("this Django has legacy salts only")
        else:
            response.set_signed_cookie(ask["name"], ask["value"], salt=ask["salt"])
        spelled = response.cookies[ask["name"]].OutputString()
        return as_sent(spelled), ask["value"].encode()

    def sessions(ask):
        from django.contrib.sessions.backends.signed_cookies import SessionStore

        settings.SECRET_KEY = ask["secret"]
        store = SessionStore()
        store.update(json.loads(ask["value"]))
        store.save()
        response = HttpResponse()
        response.set_cookie(ask["name"], store.session_key)
        payload = store.serializer().dumps(json.loads(ask["value"]))
        return as_sent(response.cookies[ask["name"]].OutputString()), payload

    name = "Django " + package.get_version()
    FORMATS["django-cookie"] = (name, cookie)
    FORMATS["django-sessions"] = (name, sessions)


def flask():
    import itsdangerous
    from importlib.metadata import version
    from flask import Flask, session
    from flask.sessions import session_json_serializer

    def sessions(ask):
        app = Flask("oracle")
        app.secret_key = ask["secret"]
        app.config["SESSION_COOKIE_NAME"] = ask["name"]

        @app.get("/")
        def fill():
            session.update(json.loads(ask["value"]))
            return ""

        header = app.test_client().get("/").headers["Set-Cookie"]
        with app.app_context():
            payload = session_json_serializer.dumps(json.loads(ask["value"])).encode()
        return as_sent(header), payload

    FORMATS["flask"] = ("Flask %s, itsdangerous %s" % (version("flask"), version("itsdangerous")), sessions)


def answer(ask):
    global now
    package, sign = FORMATS[ask["format"]]
    if ask["do"] == "version":
        return {"package": package}
    now = int(ask["at"])
    try:
        cookie, payload = sign(ask)
    finally:
        now = None
    return {"cookie": cookie, "payload": payload.hex()}


def main():
    for load in (django, flask):
        try:
            load()
        except ImportError as e:
            print(e, file=sys.stderr)
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except Exception as e:
            said = {"error": repr(e)}
        print(json.dumps(said), flush=True)


main()
