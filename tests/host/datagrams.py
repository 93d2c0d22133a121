"""A datagram socket that a system log or a journal would own; keeps all that is sent to it."""

import socket
import threading
from pathlib import Path

_END = b"\0end"


class Datagrams:
    """Receives from the beginning to the end of a with block, so that no sender has to wait."""

    def __init__(self, place: Path):
        self.place = place
        self.received: list[bytes] = []
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._server.bind(str(place))
        self._thread = threading.Thread(target=self._receive, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(_END, str(self.place))
        self._thread.join()
        self._server.close()

    def _receive(self) -> None:
        while (datagram := self._server.recv(1 << 20)) != _END:
            self.received.append(datagram)
