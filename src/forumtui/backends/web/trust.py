"""Whose certificates are trusted."""

from __future__ import annotations

import os
import ssl


def trusted() -> ssl.SSLContext:
    """What SSL_CERT_FILE or SSL_CERT_DIR names, else what this computer trusts, else what comes with httpx.

    The computer comes before the list of a package, because its keeper may trust a company's own certificates, or no
    longer trust somebody.  Takes long enough to be felt.  Raises `OSError` where the file can not be read.
    """
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file or folder:
        return ssl.create_default_context(cafile=file or None, capath=folder or None)
    there = ssl.get_default_verify_paths()
    if there.cafile or there.capath:
        return ssl.create_default_context()
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
