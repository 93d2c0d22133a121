"""libparted by ctypes: labels that no other tool makes, and what it reads of them."""

import ctypes
from pathlib import Path

_FUNCTIONS = {
    "ped_device_get": ctypes.c_void_p, "ped_disk_type_get": ctypes.c_void_p,
    "ped_disk_new_fresh": ctypes.c_void_p, "ped_disk_new": ctypes.c_void_p,
    "ped_file_system_type_get": ctypes.c_void_p, "ped_partition_new": ctypes.c_void_p, "ped_constraint_any": ctypes.c_void_p,
    "ped_disk_get_partition": ctypes.c_void_p, "ped_disk_add_partition": ctypes.c_int,
    "ped_disk_commit_to_dev": ctypes.c_int,
}


class _Partition(ctypes.Structure):
    """The head of PedPartition."""

    _fields_ = [("prev", ctypes.c_void_p), ("next", ctypes.c_void_p), ("disk", ctypes.c_void_p),
                ("device", ctypes.c_void_p), ("start", ctypes.c_longlong),
                ("length", ctypes.c_longlong), ("end", ctypes.c_longlong), ("num", ctypes.c_int)]


def _load():
    library = ctypes.CDLL("libparted.so.2")
    for name, result in _FUNCTIONS.items():
        getattr(library, name).restype = result
    return library


def _pointer(value):
    assert value, "libparted refused"
    return ctypes.c_void_p(value)


class Label:
    """A label of the given kind on an image file; partitions are added in order."""

    def __init__(self, path: Path, kind: str | None = None):
        self._parted = _load()
        self._device = _pointer(self._parted.ped_device_get(str(path).encode()))
        if kind:
            of = _pointer(self._parted.ped_disk_type_get(kind.encode()))
            self._disk = _pointer(self._parted.ped_disk_new_fresh(self._device, of))
        else:
            self._disk = _pointer(self._parted.ped_disk_new(self._device))

    def add(self, start: int, end: int) -> int:
        """Sectors; the number that it got.  Labels of cylinders may move the ends."""
        content = _pointer(self._parted.ped_file_system_type_get(b"ext2"))
        partition = _pointer(self._parted.ped_partition_new(
            self._disk, 0, content, ctypes.c_longlong(start), ctypes.c_longlong(end)))
        anywhere = _pointer(self._parted.ped_constraint_any(self._device))
        assert self._parted.ped_disk_add_partition(self._disk, partition, anywhere)
        return ctypes.cast(partition, ctypes.POINTER(_Partition)).contents.num

    def write(self):
        assert self._parted.ped_disk_commit_to_dev(self._disk)
        self.close()

    def close(self):
        self._parted.ped_disk_destroy(self._disk)
        self._parted.ped_device_destroy(self._device)

    def extent(self, number: int) -> tuple[int, int]:
        """Start and end in sectors."""
        found = _pointer(self._parted.ped_disk_get_partition(self._disk, number))
        partition = ctypes.cast(found, ctypes.POINTER(_Partition)).contents
        return partition.start, partition.end
