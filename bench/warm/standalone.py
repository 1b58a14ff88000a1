"""The same echo as a server of its own, with a thread for each connection: standalone.py PORT."""
import asyncio  # noqa: F401
import http.server  # noqa: F401
import json  # noqa: F401
import socketserver
import sys


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Echo).serve_forever()
