"""Short ways to write configs."""

import base64
import gzip
import hashlib
import json
import urllib.parse


def config(version: str = "3.3.0", **sections) -> dict:
    """A config of a spec version; ignition_… in sections go into its ignition object."""
    ignition = {"version": version}
    for name in [name for name in sections if name.startswith("ignition_")]:
        ignition[name.removeprefix("ignition_")] = sections.pop(name)
    return {"ignition": ignition, **sections}


def storage(version: str = "3.3.0", **lists) -> dict:
    return config(version, storage=lists)


def files(*entries, version: str = "3.3.0") -> dict:
    return storage(version, files=list(entries))


def units(*entries, version: str = "3.3.0") -> dict:
    return config(version, systemd={"units": list(entries)})


def passwd(version: str = "3.3.0", **lists) -> dict:
    return config(version, passwd=lists)


def data(content: str | bytes) -> str:
    """A data URL with percent escapes."""
    return "data:," + urllib.parse.quote(content, safe="")


def data64(content: bytes) -> str:
    return "data:;base64," + base64.b64encode(content).decode()


def zipped(content: str) -> dict:
    """A resource of gzip bytes; equal on every run."""
    return {"source": data64(gzip.compress(content.encode(), mtime=0)), "compression": "gzip"}


def verified(content: str, function: str = "sha512") -> dict:
    digest = hashlib.new(function, content.encode()).hexdigest()
    return {"source": data(content), "verification": {"hash": f"{function}-{digest}"}}


def file(path: str, content: str | bytes | None = "", **members) -> dict:
    """A file entry; None leaves the contents out."""
    entry = {"path": path, **members}
    if content is not None:
        entry["contents"] = {"source": data(content)}
    return entry


def child(config_object: dict) -> dict:
    """A reference to a config that is carried along."""
    return {"source": data(json.dumps(config_object))}
