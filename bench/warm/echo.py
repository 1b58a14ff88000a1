"""A stream echo with the modules that a server of some size loads."""
import asyncio  # noqa: F401
import http.server  # noqa: F401
import json  # noqa: F401
import os

while data := os.read(0, 65536):
    os.write(1, data)
