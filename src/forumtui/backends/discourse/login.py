"""Becoming known to a site: a key that its member grants in a browser, on whichever machine that is.

A site of 2026 shows a code's page and is asked until the member has decided; an older one shows what has to be pasted
here.  Either way the key comes encrypted for this reader alone (RSA; OAEP, or PKCS #1 v1.5 from an older site).
Source: discourse/discourse, lib/user_api_key/device_auth.rb and app/controllers/user_api_keys_controller.rb.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from forumtui.backends.discourse.asking import Asking, connect
from forumtui.backends.web import Handler
from forumtui.backends.web.fields import Fields
from forumtui.errors import AuthRequired, Missing, Refused, Unreadable, Unsupported
from forumtui.model import Errand

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

SCOPES = "read,write,notifications,session_info"
NAME = "forumtui"
_BITS = 2048
_NEW = "user-api-key/new"
_USUAL_LIFE, _USUAL_INTERVAL = 600, 5
_LONGEST_LIFE = 3600


async def begin(base: str, options: Mapping[str, str], *, transport: Handler | None = None) -> Errand:
    """What the member has to do.  Raises `Unsupported` where the site gives no keys, or the reader can make none."""
    key = _make_key()
    client = options.get("client") or secrets.token_hex(16)
    nonce = secrets.token_hex(16)
    request = {
        "application_name": NAME,
        "client_id": client,
        "scopes": SCOPES,
        "nonce": nonce,
        "public_key": _public(key),
        "padding": "oaep",
    }
    secret = {"client": client, "nonce": nonce, "private": _private(key)}
    async with connect(base, {}, transport=transport) as asking:
        try:
            headers = await asking.headers(_NEW)
        except Missing as error:
            raise Unsupported("This site gives no keys to programs, so one can only read it here.") from error
        if headers.get("auth-api-device-code", "").lower() == "true":
            return await _by_code(asking, request, secret)
    return Errand(
        f"{base.rstrip('/')}/{_NEW}?{urlencode(request, quote_via=quote)}", pastes=True, secret=json.dumps(secret)
    )


async def _by_code(asking: Asking, request: dict[str, str], secret: dict[str, str]) -> Errand:
    answer = await asking.send("POST", "user-api-key/device", request)
    address, code = answer.text("verification_uri"), answer.text("user_code")
    device = answer.text("device_code")
    if not (address and code and device):
        raise Unreadable("The site does not say where to grant the key.")
    return Errand(
        answer.text("verification_uri_with_request") or address,
        code,
        interval=float(max(1, min(answer.number("interval") or _USUAL_INTERVAL, 60))),
        lasts=float(min(answer.number("expires_in") or _USUAL_LIFE, _LONGEST_LIFE)),
        secret=json.dumps({**secret, "device": device}),
    )


async def finish(
    base: str, errand: Errand, pasted: str = "", *, transport: Handler | None = None
) -> Mapping[str, str] | None:
    """The options that the grant sets; None: it is not granted yet.

    Raises `AuthRequired` when the member said no or took too long, `Refused` for a pasted text that is none.
    """
    known = json.loads(errand.secret)
    async with connect(base, {}, transport=transport) as asking:
        payload = pasted if errand.pastes else await _ask(asking, known["device"])
    if not payload:
        return None
    granted = _decrypt(payload, known["private"])
    if granted.text("nonce") != known["nonce"] or not granted.text("key"):
        raise Refused("That was granted to another request; begin again.")
    options = {"key": granted.text("key"), "client": known["client"]}
    if "expires_at" in granted:
        options["expires"] = granted.text("expires_at")
    async with connect(base, options, transport=transport) as asking:
        me = await asking.get("session/current", into=lambda answer: answer.the_inner("current_user").text("username"))
    return {**options, "name": me}


async def _ask(asking: Asking, device: str) -> str:
    answer = await asking.send("POST", "user-api-key/device/poll", {"device_code": device}, safe=True)
    match answer.text("status"):
        case "authorized":
            return answer.text("payload")
        case "authorization_pending":
            return ""
        case "access_denied":
            raise AuthRequired("The key was not granted.")
        case "expired_token":
            raise AuthRequired("The code is no longer good; begin again.")
    raise Unreadable("The site does not say whether the key was granted.")


async def revoke(base: str, options: Mapping[str, str], *, transport: Handler | None = None) -> None:
    """Let the key be good no longer."""
    async with connect(base, options, transport=transport) as asking:
        await asking.send("POST", "user-api-key/revoke", {}, safe=True)


# -- keys


def _make_key() -> RSAPrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric import rsa
    except ImportError as error:
        raise Unsupported(
            "Logging in to a Discourse site takes the package cryptography: pip install 'forumtui[discourse]'."
        ) from error
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def _public(key: RSAPrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _private(key: RSAPrivateKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _decrypt(payload: str, private: str) -> Fields:
    """What a site granted; blanks and line ends in it are the terminal's.  Raises `Refused`."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key: Any = load_pem_private_key(private.encode(), password=None)
    ways = (padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None), padding.PKCS1v15())  # noqa: S303 - what sites use
    try:
        sealed = base64.b64decode("".join(payload.split()), validate=True)
    except ValueError:
        sealed = b""
    for way in ways:
        try:
            return Fields(json.loads(key.decrypt(sealed, way)), "The key")
        except (ValueError, Unreadable):
            continue
    raise Refused("That is not what the site shows after you granted the key; copy all of it.")
