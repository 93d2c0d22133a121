"""What an engine asks systemd, over the private D-Bus socket: its version, and devices to wait for.

Debian's engine refuses presets of instances when nobody answers there, and waits for a disk by
starting its device unit.  Here such a job is done when the node or link is there.
"""

import itertools
import os
import re
import socket
import struct
import threading
import time
from pathlib import Path

VERSION = "252"
DEVICE_SECONDS = 20
METHOD_CALL, METHOD_RETURN, SIGNAL = 1, 2, 4
PATH, INTERFACE, MEMBER, REPLY_SERIAL, SIGNATURE = 1, 2, 3, 5, 8


def _align(data: bytes, boundary: int) -> bytes:
    return data + b"\0" * (-len(data) % boundary)


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text.encode())) + text.encode() + b"\0"


def _message(kind: int, fields: list[tuple[int, bytes, bytes]], signature: str, body: bytes) -> bytes:
    """@fields: (code, signature of one letter, value) in D-Bus order."""
    packed = b""
    fields = fields + [(SIGNATURE, b"g", bytes([len(signature)]) + signature.encode() + b"\0")]
    for code, letter, value in fields:
        packed = _align(packed, 8) + struct.pack("<BB", code, 1) + letter + b"\0" + value
    head = struct.pack("<cBBBII", b"l", kind, 1, 1, len(body), 1)
    return _align(head + struct.pack("<I", len(packed)) + packed, 8) + body


def _reply(serial: int, signature: str, body: bytes) -> bytes:
    return _message(METHOD_RETURN, [(REPLY_SERIAL, b"u", struct.pack("<I", serial))], signature, body)


def _job_path(job: int) -> bytes:
    return _text(f"/org/freedesktop/systemd1/job/{job}")


def _job_removed(job: int, unit: str, result: str) -> bytes:
    body = _align(struct.pack("<I", job) + _job_path(job), 4)
    body = _align(body + _text(unit), 4) + _text(result)
    fields = [(PATH, b"o", _text("/org/freedesktop/systemd1")),
              (INTERFACE, b"s", _text("org.freedesktop.systemd1.Manager")),
              (MEMBER, b"s", _text("JobRemoved"))]
    return _message(SIGNAL, fields, "uoss", body)


def _member(fields: bytes) -> str:
    """The name of the method that a call's header fields hold."""
    found = re.search(rb"\x03\x01s\0(....)", fields, re.DOTALL)
    if not found:
        return ""
    size = struct.unpack("<I", found[1])[0]
    return fields[found.end():found.end() + size].decode()


def device_of(unit: str) -> str:
    """"dev-disk-by\\x2did-a.device" is the unit of /dev/disk/by-id/a."""
    path = "/" + unit.removesuffix(".device").replace("-", "/")
    return re.sub(r"\\x([0-9a-f]{2})", lambda match: chr(int(match[1], 16)), path)


class SystemdSocket:
    """Serves one socket file until it is closed; a context manager."""

    def __init__(self, place: Path):
        self.server = socket.socket(socket.AF_UNIX)
        self.place = place
        self.streams: list = []
        self.jobs = itertools.count(1)
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
        self.place.unlink()

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
            self.streams.append(stream)
            try:
                self._answer(stream)
            finally:
                self.streams.remove(stream)

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

    def _answer(self, stream) -> None:
        while len(head := stream.read(16)) == 16:
            _, kind, _, _, body_size, serial, fields_size = struct.unpack("<cBBBIII", head)
            fields = stream.read(fields_size + -fields_size % 8)
            body = stream.read(body_size)
            if kind != METHOD_CALL:
                continue
            if _member(fields) == "StartUnit":
                self._start(stream, serial, body)
            else:
                self._send(stream, _reply(serial, "v", b"\x01s\0\0" + _text(VERSION)))

    def _start(self, stream, serial: int, body: bytes) -> None:
        """The job's end is a signal, which clients hear on a connection of their own."""
        unit = body[4:4 + struct.unpack("<I", body[:4])[0]].decode()
        job = next(self.jobs)
        self._send(stream, _reply(serial, "o", _job_path(job)))
        deadline = time.monotonic() + DEVICE_SECONDS
        while not os.path.exists(device_of(unit)) and time.monotonic() < deadline:
            time.sleep(0.05)
        result = "done" if os.path.exists(device_of(unit)) else "timeout"
        for listener in list(self.streams):
            self._send(listener, _job_removed(job, unit, result))

    @staticmethod
    def _send(stream, message: bytes) -> None:
        try:
            stream.write(message)
            stream.flush()
        except (OSError, ValueError):
            pass
