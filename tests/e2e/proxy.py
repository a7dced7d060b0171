"""A proxy before a calendar server: it counts what is asked, can be slow, and can be away."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.integrations.servers import Server

_OWN = {"transfer-encoding", "connection", "content-length", "keep-alive", "date", "server"}


@dataclass
class Proxy:
    """Stands before `server` on a port of its own, over plain http. `asked` lists (method, path, status)."""

    server: Server
    slow: float = 0.0  # seconds before each answer
    asked: list[tuple[str, str, int]] = field(default_factory=list)
    port: int = 0
    _listener: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host_port}/"

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.port}"

    def open(self) -> None:
        """Listen, on the same port as before."""
        self._listener = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self._forward))
        self._listener.daemon_threads = True
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Be away: connections are refused."""
        if self._listener:
            self._listener.shutdown()
            self._listener.server_close()
            self._listener = None

    def _forward(self, method: str, path: str, headers: dict[str, str], body: bytes) -> _Answer:
        time.sleep(self.slow)
        upstream = self.server.connection()
        try:
            upstream.request(method, path, body or None, headers)
            answer = upstream.getresponse()
            self.asked.append((method, path, answer.status))
            return answer.status, [pair for pair in answer.getheaders() if pair[0].lower() not in _OWN], answer.read()
        finally:
            upstream.close()


_Answer = tuple[int, list[tuple[str, str]], bytes]


def _handler(forward: Callable[[str, str, dict[str, str], bytes], _Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self._pass
            raise AttributeError(name)

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            sent = {name: value for name, value in self.headers.items() if name.lower() not in _OWN}
            try:
                self._answer(*forward(self.command, self.path, sent, body))
            except (OSError, http.client.HTTPException):  # the server is away, or who asked was killed
                self.close_connection = True

        def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler
