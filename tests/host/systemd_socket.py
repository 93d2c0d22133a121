"""The one question that an engine asks systemd: its version, over the private D-Bus socket.

Debian's engine refuses presets of instances when nobody answers there.
"""

import os
import socket
import struct
import threading
from pathlib import Path

VERSION = "252"
METHOD_CALL, METHOD_RETURN = 1, 2
REPLY_SERIAL, SIGNATURE = 5, 8


def _align(data: bytes, boundary: int) -> bytes:
    return data + b"\0" * (-len(data) % boundary)


def _reply(serial: int) -> bytes:
    """A method return whose body is a variant that holds the version string."""
    text = VERSION.encode()
    body = b"\x01s\0" + b"\0" + struct.pack("<I", len(text)) + text + b"\0"
    fields = struct.pack("<B3sI", REPLY_SERIAL, b"\x01u\0", serial)
    fields = _align(fields, 8) + struct.pack("<B3sB3s", SIGNATURE, b"\x01g\0", 1, b"v\0\0")[:-1]
    head = struct.pack("<cBBBII", b"l", METHOD_RETURN, 1, 1, len(body), 1)
    return _align(head + struct.pack("<I", len(fields)) + fields, 8) + body


class SystemdSocket:
    """Serves one socket file until it is closed; a context manager."""

    def __init__(self, place: Path):
        self.server = socket.socket(socket.AF_UNIX)
        # A path for bind() has 108 bytes at most; one relative to its directory is short.
        here = os.open(".", os.O_RDONLY)
        os.chdir(place.parent)
        try:
            self.server.bind(place.name)
        finally:
            os.fchdir(here)
            os.close(here)
        self.server.listen()
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        """One client; a second one may come while the first still listens for signals."""
        with connection, connection.makefile("rwb") as stream:
            self._authenticate(stream)
            self._answer(stream)

    @staticmethod
    def _authenticate(stream) -> None:
        for line in iter(stream.readline, b""):
            words = line.strip(b"\0\r\n").split()
            if words[:1] == [b"BEGIN"]:
                return
            answer = b"ERROR"
            if words[:1] == [b"AUTH"]:
                known = len(words) > 1
                answer = b"OK 0123456789abcdef0123456789abcdef" if known else b"REJECTED EXTERNAL"
            stream.write(answer + b"\r\n")
            stream.flush()

    @staticmethod
    def _answer(stream) -> None:
        while len(head := stream.read(16)) == 16:
            _, kind, _, _, body_size, serial, fields_size = struct.unpack("<cBBBIII", head)
            stream.read(fields_size + -fields_size % 8 + body_size)
            if kind == METHOD_CALL:
                stream.write(_reply(serial))
                stream.flush()
