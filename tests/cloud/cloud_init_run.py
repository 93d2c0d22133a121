"""Runs one data source of Debian's cloud-init and prints what it found as JSON.

Usage: cloud_init_run.py SOURCE DIRECTORY SETTINGS
SOURCE is the word in DataSourceSOURCE, settings are those of `datasource: SOURCE:` as JSON.
"""

import importlib
import json
import sys

from cloudinit import distros, dmi, helpers, util


def main() -> None:
    name, place, settings = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    # The machine may be one; what it pretends to be is none.
    util.is_container = dmi.is_container = lambda: False
    module = importlib.import_module(f"cloudinit.sources.DataSource{name}")
    paths = helpers.Paths({"cloud_dir": place, "run_dir": place + "/run", "templates_dir": "/none"})
    util.ensure_dir(place + "/run")
    config = {"datasource": {name: settings}, "datasource_list": [name], "system_info": {}}
    distro = distros.fetch("debian")("debian", {}, paths)
    source = getattr(module, f"DataSource{name}")(config, distro, paths)
    found = source.get_data()
    userdata = source.get_userdata_raw() or b""
    if isinstance(userdata, bytes):
        userdata = userdata.decode("latin-1")
    hostname = source.get_hostname()
    print(json.dumps({
        "found": bool(found),
        "userdata": userdata,
        "keys": list(source.get_public_ssh_keys() or []),
        "hostname": getattr(hostname, "hostname", hostname),
        "metadata": source.metadata,
    }, default=str))


main()
