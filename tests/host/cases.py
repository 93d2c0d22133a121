"""Configs that both engines understand (spec 3.3 and older), one row per behaviour."""

from configs import (
    child, config, data, data64, file, files, passwd, storage, units, verified, zipped,
)
from engine import Case
from tree import Dir, File, Link

LONG = "x" * 70000 + "\n"
SERVICE = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJ1dCBub3QgYSByZWFsIGtleSwgb25seSB0ZXN0 core@example"
HASH = "$6$saltsalt$notarealhashbutoftherightkind"
POPULATED = {"/etc/issue": File("hello\n", 0o600, 1, 1)}


def owner(user: dict | None = None, group: dict | None = None) -> dict:
    return {"user": user or {}, "group": group or {}}


FILES = {
    "file without mode is 0644": Case(files(file("/etc/a", "hello\n"))),
    "file with mode 0600": Case(files(file("/etc/a", "hello", mode=0o600))),
    "file with mode 0000": Case(files(file("/etc/a", "hello", mode=0))),
    "file with mode 4755 loses the set-id bit": Case(files(file("/usr/bin/a", "", mode=0o4755))),
    "file without contents is made empty": Case(files(file("/etc/a", None))),
    "file without contents keeps what is there": Case(
        files(file("/etc/issue", None, mode=0o640)), POPULATED),
    "file with an empty source is empty": Case(
        files({"path": "/etc/a", "contents": {"source": ""}})),
    "missing parents are 0755 and root's": Case(files(file("/srv/a/b/c/d", "deep"))),
    "file over an existing file is refused": Case(files(file("/etc/issue", "new")), POPULATED),
    "overwrite false is the default": Case(
        files(file("/etc/issue", "new", overwrite=False)), POPULATED),
    "overwrite replaces a file, mode and owner": Case(
        files(file("/etc/issue", "new", overwrite=True)), POPULATED),
    "overwrite replaces a tree by a file": Case(
        files(file("/srv/tree", "now a file", overwrite=True)),
        {"/srv/tree/a/b": File("x"), "/srv/tree/c": Link("a")}),
    "overwrite replaces a link, not what it names": Case(
        files(file("/etc/alias", "own", overwrite=True)),
        {**POPULATED, "/etc/alias": Link("issue")}),
    "file over a directory is refused": Case(files(file("/srv", "x")), {"/srv": Dir()}),
    "file over a link is refused": Case(
        files(file("/etc/alias", "x")), {**POPULATED, "/etc/alias": Link("issue")}),
    "append makes the file": Case(
        files(file("/etc/a", None, append=[{"source": data("one\n")}, {"source": data("two\n")}]))),
    "append adds to an existing file": Case(
        files(file("/etc/issue", None, append=[{"source": data("more\n")}])), POPULATED),
    "append with an empty source adds nothing": Case(
        files(file("/etc/issue", None, append=[{"source": ""}])), POPULATED),
    "contents, then fragments": Case(
        files(file("/etc/a", "head\n", append=[{"source": data("tail\n")}], mode=0o640))),
    "append after overwrite": Case(
        files(file("/etc/issue", "new\n", overwrite=True, append=[{"source": data("more\n")}])),
        POPULATED),
    "append to a directory is refused": Case(
        files(file("/srv", None, append=[{"source": data("x")}])), {"/srv": Dir()}),
    "percent escapes and every byte": Case(files(file("/etc/a", bytes(range(256))))),
    "base64": Case(files({"path": "/etc/a", "contents": {"source": data64(bytes(range(256)))}})),
    "data URL with a media type": Case(
        files({"path": "/etc/a", "contents": {"source": "data:text/plain;charset=utf-8,a%20b"}})),
    "data URL with a quoted parameter": Case(
        files({"path": "/etc/a", "contents": {"source": 'data:text/plain;name="x%20y";base64,YQ=='}})),
    "a file beyond one buffer": Case(files(file("/etc/a", LONG))),
    "gzip": Case(files({"path": "/etc/a", "contents": zipped(LONG)})),
    "gzip of nothing": Case(files({"path": "/etc/a", "contents": zipped("")})),
    "gzip in a fragment": Case(files({"path": "/etc/a", "append": [zipped("a\n"), zipped("b\n")]})),
    "gzip promised, text delivered": Case(
        files({"path": "/etc/a", "contents": {"source": data("plain"), "compression": "gzip"}})),
    "sha512 verified": Case(files({"path": "/etc/a", "contents": verified("hello")})),
    "sha256 verified": Case(files({"path": "/etc/a", "contents": verified("hello", "sha256")})),
    "sha512 in capital letters": Case(files({"path": "/etc/a", "contents": {
        "source": data("hello"), "verification": {
            "hash": "sha512-" + verified("hello")["verification"]["hash"][7:].upper()}}})),
    "a wrong sha512 fails": Case(files({"path": "/etc/a", "contents": {
        "source": data("hello"), "verification": verified("other")["verification"]}})),
    "a wrong hash of a fragment fails": Case(files({"path": "/etc/a", "append": [{
        "source": data("hello"), "verification": verified("x", "sha256")["verification"]}]})),
    "owner by id": Case(files(file("/etc/a", "", **owner({"id": 500}, {"id": 501})))),
    "owner by name, looked up in the target": Case(
        files(file("/etc/a", "", mode=0o640, **owner({"name": "app"}, {"name": "wheel"})))),
    "owner that the target does not know": Case(
        files(file("/etc/a", "", **owner({"name": "nobodyhere"})))),
    "group that the target does not know": Case(
        files(file("/etc/a", "", **owner(None, {"name": "nogrouphere"})))),
    "owner of an existing file stays": Case(files(file("/etc/issue", None)), POPULATED),
    "owner of an existing file changes": Case(
        files(file("/etc/issue", None, **owner({"name": "app"}))), POPULATED),
    "names that need quoting": Case(files(file("/etc/ä b%c\"d", "x"), file("/etc/\\e", "y"))),
    "the same path through a link of the image": Case(
        files(file("/etc/one/a", "1"), file("/etc/two/a", "2")),
        {"/etc/one": Dir(), "/etc/two": Link("one")}),
    "through a relative link of the image": Case(
        files(file("/etc/alias/a", "x")), {"/etc/real": Dir(0o700, 1, 1), "/etc/alias": Link("real")}),
    "through an absolute link of the image": Case(
        files(file("/etc/alias/a", "x")), {"/var/real": Dir(), "/etc/alias": Link("/var/real")}),
    "through a link that climbs above the root": Case(
        files(file("/etc/alias/a", "x")),
        {"/var/real": Dir(), "/etc/alias": Link("../../../../var/real")}),
    "through a link to nowhere": Case(
        files(file("/etc/alias/a", "x")), {"/etc/alias": Link("/var/nowhere")}),
}

DIRECTORIES = {
    "directory without mode is 0755": Case(storage(directories=[{"path": "/srv/data"}])),
    "directory with mode and owner": Case(storage(directories=[
        {"path": "/srv/data", "mode": 0o750, **owner({"name": "app"}, {"id": 27})}])),
    "an existing directory is kept": Case(
        storage(directories=[{"path": "/srv"}]), {"/srv": Dir(0o711, 1, 2), "/srv/a": File("x")}),
    "an existing directory gets the mode": Case(
        storage(directories=[{"path": "/srv", "mode": 0o700, **owner({"id": 7})}]),
        {"/srv": Dir(0o711, 1, 2), "/srv/a": File("x")}),
    "overwrite empties a directory": Case(
        storage(directories=[{"path": "/srv", "overwrite": True}]),
        {"/srv": Dir(0o711, 1, 2), "/srv/a": File("x")}),
    "directory over a file is refused": Case(
        storage(directories=[{"path": "/etc/issue"}]), POPULATED),
    "overwrite replaces a file by a directory": Case(
        storage(directories=[{"path": "/etc/issue", "overwrite": True}]), POPULATED),
    "parents come before what is in them": Case(
        storage(directories=[{"path": "/srv/a/b", "mode": 0o700}, {"path": "/srv/a", "mode": 0o750},
                             {"path": "/srv", "mode": 0o711}],
                files=[file("/srv/a/b/c", "x")])),
    "directory over a link is refused": Case(
        storage(directories=[{"path": "/etc/alias"}]),
        {"/etc/real": Dir(), "/etc/alias": Link("real")}),
}

LINKS = {
    "symbolic link": Case(storage(links=[{"path": "/etc/localtime", "target": "../usr/share/zone"}])),
    "symbolic link with owner": Case(storage(links=[
        {"path": "/srv/l", "target": "/nowhere", **owner({"id": 5}, {"name": "wheel"})}])),
    "the link that is already there": Case(
        storage(links=[{"path": "/etc/l", "target": "issue"}]),
        {**POPULATED, "/etc/l": Link("issue")}),
    "another link there is refused": Case(
        storage(links=[{"path": "/etc/l", "target": "issue"}]), {"/etc/l": Link("other")}),
    "link over a file is refused": Case(
        storage(links=[{"path": "/etc/issue", "target": "a"}]), POPULATED),
    "overwrite replaces a file by a link": Case(
        storage(links=[{"path": "/etc/issue", "target": "a", "overwrite": True}]), POPULATED),
    "overwrite replaces a tree by a link": Case(
        storage(links=[{"path": "/srv", "target": "/var", "overwrite": True}]),
        {"/srv/a/b": File("x")}),
    "hard link to a file of the config": Case(storage(
        files=[file("/srv/a", "x", mode=0o600)], links=[{"path": "/srv/b", "target": "/srv/a", "hard": True}])),
    "hard link to a file of the image": Case(
        storage(links=[{"path": "/srv/b", "target": "/etc/issue", "hard": True}]), POPULATED),
    "hard link with a relative target": Case(
        storage(links=[{"path": "/srv/b", "target": "etc/issue", "hard": True}]), POPULATED),
    "hard link to nothing fails": Case(
        storage(links=[{"path": "/srv/b", "target": "/etc/nothing", "hard": True}])),
    "hard link over a file is refused": Case(
        storage(links=[{"path": "/etc/b", "target": "/etc/issue", "hard": True}]),
        {**POPULATED, "/etc/b": File("x")}),
    "hard link overwrites a file": Case(
        storage(links=[{"path": "/etc/b", "target": "/etc/issue", "hard": True, "overwrite": True}]),
        {**POPULATED, "/etc/b": File("x")}),
    "hard link with owner is a warning": Case(
        storage(links=[{"path": "/srv/b", "target": "/etc/issue", "hard": True,
                        **owner({"id": 9})}]), POPULATED),
}

UNITS = {
    "unit": Case(units({"name": "a.service", "contents": SERVICE})),
    "unit replaces the one that is there": Case(
        units({"name": "a.service", "contents": SERVICE}),
        {"/etc/systemd/system/a.service": File("old", 0o600, 1, 1)}),
    "unit without contents writes nothing": Case(units({"name": "a.service"})),
    "drop-in": Case(units({"name": "a.service", "dropins": [
        {"name": "10-a.conf", "contents": "[Service]\nEnvironment=A=1\n"}]})),
    "empty drop-in": Case(units({"name": "a.service", "dropins": [
        {"name": "10-a.conf", "contents": ""}, {"name": "20-b.conf"}]})),
    "unit with drop-ins": Case(units({"name": "a.service", "contents": SERVICE, "dropins": [
        {"name": "10-a.conf", "contents": "[Service]\n"}, {"name": "20-b.conf", "contents": ""}]})),
    "enabled": Case(units({"name": "a.service", "contents": SERVICE, "enabled": True})),
    "enabled, of the image": Case(units({"name": "sshd.service", "enabled": True})),
    "enabled without an install section": Case(
        units({"name": "a.service", "contents": "[Service]\nExecStart=/bin/true\n", "enabled": True})),
    "presets are sorted": Case(units(
        {"name": "z.service", "enabled": True}, {"name": "a.timer", "enabled": True},
        {"name": "m.socket", "enabled": True})),
    "presets join those of the image": Case(
        units({"name": "a.service", "enabled": True}),
        {"/etc/systemd/system-preset/20-ignition.preset": File("enable old.service\n", 0o600)}),
    "masked": Case(units({"name": "a.service", "mask": True})),
    "mask wins over contents": Case(units({"name": "a.service", "contents": SERVICE, "mask": True})),
    "mask replaces a unit": Case(
        units({"name": "a.service", "mask": True}), {"/etc/systemd/system/a.service": File("x")}),
    "unmasked": Case(
        units({"name": "a.service", "mask": False}), {"/etc/systemd/system/a.service": Link("/dev/null")}),
    "unmasking leaves another link": Case(
        units({"name": "a.service", "mask": False}), {"/etc/systemd/system/a.service": Link("b.service")}),
    "unmasked with contents": Case(
        units({"name": "a.service", "mask": False, "contents": SERVICE}),
        {"/etc/systemd/system/a.service": Link("/dev/null")}),
    "instances are enabled by their template": Case(units(
        {"name": "echo@.service", "contents": SERVICE}, {"name": "echo@foo.service", "enabled": True},
        {"name": "echo@bar.service", "enabled": True}, {"name": "a.service", "enabled": True})),
    "instances of two templates": Case(units(
        {"name": "z@1.service", "enabled": True}, {"name": "e@2.timer", "enabled": True},
        {"name": "z@0.service", "enabled": True}, {"name": "m.service", "enabled": True})),
}

PASSWD = {
    "a user": Case(passwd(users=[{"name": "core"}])),
    "a user with everything": Case(passwd(users=[{
        "name": "core", "uid": 1500, "gecos": "Core User", "homeDir": "/home/c", "shell": "/bin/sh",
        "primaryGroup": "app", "groups": ["sudo", "wheel"], "passwordHash": HASH,
        "sshAuthorizedKeys": [KEY, KEY + ".2"]}])),
    "a system user": Case(passwd(users=[
        {"name": "svc", "system": True, "uid": 450, "noCreateHome": True, "shell": "/usr/sbin/nologin"}])),
    "a user without a group of its own": Case(passwd(users=[
        {"name": "core", "uid": 1500, "noUserGroup": True, "primaryGroup": "wheel"}])),
    "a user without login records": Case(passwd(users=[{"name": "core", "noLogInit": True}])),
    "an empty password hash locks": Case(passwd(users=[{"name": "core", "passwordHash": ""}])),
    "keys for a user of the image": Case(
        passwd(users=[{"name": "app", "sshAuthorizedKeys": [KEY]}])),
    "keys of root": Case(passwd(users=[{"name": "root", "sshAuthorizedKeys": [KEY]}])),
    "a user of the image is changed": Case(passwd(users=[{
        "name": "app", "gecos": "New Name", "shell": "/bin/bash", "groups": ["sudo"], "passwordHash": HASH}])),
    "a user of the image moves": Case(
        passwd(users=[{"name": "app", "homeDir": "/home/moved"}]), {"/home/app/note": File("x", 0o600, 4321, 4321)}),
    "a user of the image stays": Case(passwd(users=[{"name": "app"}])),
    "a user goes": Case(passwd(users=[{"name": "app", "shouldExist": False}])),
    "a user that is not there goes": Case(passwd(users=[{"name": "ghost", "shouldExist": False}])),
    "a group": Case(passwd(groups=[{"name": "ops", "gid": 2500}])),
    "a system group": Case(passwd(groups=[{"name": "ops", "system": True}])),
    "a group with a password": Case(passwd(groups=[{"name": "ops", "passwordHash": HASH}])),
    "a group goes": Case(passwd(groups=[{"name": "wheel", "shouldExist": False}])),
    "groups come before users": Case(passwd(
        users=[{"name": "core", "groups": ["ops"]}], groups=[{"name": "ops", "gid": 2500}])),
    "several users keep their order": Case(passwd(users=[{"name": "b"}, {"name": "a"}, {"name": "c"}])),
    "a user with a group that does not exist": Case(
        passwd(users=[{"name": "core", "groups": ["nosuch"]}])),
    "a user whose id is taken": Case(passwd(users=[{"name": "core", "uid": 4321}])),
    "files belong to a new user": Case(config(
        passwd={"users": [{"name": "core", "uid": 1500}]},
        storage={"files": [file("/home/core/a", "x", **owner({"name": "core"}, {"name": "core"}))]})),
}

MERGING = {
    "merge adds a file": Case(config(
        ignition_config={"merge": [child(files(file("/etc/b", "b")))]},
        storage={"files": [file("/etc/a", "a")]})),
    "merge: the child wins": Case(config(
        ignition_config={"merge": [child(files(file("/etc/a", "child", mode=0o600)))]},
        storage={"files": [file("/etc/a", "parent", overwrite=True)]})),
    "merge: the later child wins": Case(config(
        ignition_config={"merge": [child(files(file("/etc/a", "1"))), child(files(file("/etc/a", "2")))]})),
    "merge: fragments are appended": Case(config(
        ignition_config={"merge": [child(files(file("/etc/a", None, append=[{"source": data("2")}])))]},
        storage={"files": [file("/etc/a", "0", append=[{"source": data("1")}])]})),
    "merge: a directory replaces a file of the same path": Case(config(
        ignition_config={"merge": [child(storage(directories=[{"path": "/srv/a"}]))]},
        storage={"files": [file("/srv/a", "x"), file("/srv/b", "y")]})),
    "merge: grandchildren": Case(config(ignition_config={"merge": [child(config(
        ignition_config={"merge": [child(files(file("/etc/c", "c"), file("/etc/b", "c")))]},
        storage={"files": [file("/etc/b", "b")]}))]})),
    "merge: users, keys and units": Case(config(
        ignition_config={"merge": [child(config(
            passwd={"users": [{"name": "core", "sshAuthorizedKeys": [KEY, KEY + "3"]}]},
            systemd={"units": [{"name": "a.service", "dropins": [{"name": "a.conf", "contents": "[Service]\n"}]}]}))]},
        passwd={"users": [{"name": "core", "uid": 1500, "sshAuthorizedKeys": [KEY + "1", KEY]}]},
        systemd={"units": [{"name": "a.service", "contents": SERVICE, "enabled": True}]})),
    "merge: a child of an older spec": Case(config(
        ignition_config={"merge": [child(files(file("/etc/b", "b"), version="3.0.0"))]})),
    "merge: compressed and verified": Case(config(ignition_config={"merge": [
        verified('{"ignition":{"version":"3.1.0"},"storage":{"files":[{"path":"/etc/v"}]}}'),
        zipped('{"ignition":{"version":"3.2.0"},"storage":{"files":[{"path":"/etc/z"}]}}')]})),
    "merge: a wrong hash": Case(config(ignition_config={"merge": [
        {**child(config()), "verification": verified("x")["verification"]}]})),
    "merge: an invalid child": Case(config(
        ignition_config={"merge": [child(files(file("relative", "x")))]})),
    "merge: the result is invalid": Case(config(
        ignition_config={"merge": [child(storage(links=[{"path": "/srv", "target": "/var"}]))]},
        storage={"files": [file("/srv/a", "x")]})),
    "replace": Case(config(
        ignition_config={"replace": child(files(file("/etc/b", "b")))},
        storage={"files": [file("/etc/a", "a")]})),
    "replace by a config that merges": Case(config(ignition_config={"replace": child(config(
        ignition_config={"merge": [child(files(file("/etc/c", "c")))]}))})),
    "a base config": Case(
        files(file("/etc/a", "user")), base={"10-a.ign": files(file("/etc/a", "base"), file("/etc/b", "base"))}),
    "base configs in the order of their names": Case(config(), base={
        "20-b.ign": files(file("/etc/a", "20")), "10-a.ign": files(file("/etc/a", "10"), version="3.0.0")}),
    "base configs of the platform win over the others": Case(
        config(), base={"z.ign": files(file("/etc/a", "base"))},
        base_platform={"a.ign": files(file("/etc/a", "platform"))}),
    "an invalid base config stops the run": Case(config(), base={"a.ign": "not json"}),
    "an invalid base config of the platform is dropped": Case(
        files(file("/etc/a", "user")), base_platform={"a.ign": "not json"}),
    "user.ign wins over the platform": Case(
        files(file("/etc/a", "platform")), user=files(file("/etc/a", "user.ign"))),
    "an empty user.ign": Case(files(file("/etc/a", "platform")), user=b""),
    "the kernel command line wins over user.ign": Case(
        files(file("/etc/a", "platform")), user=files(file("/etc/a", "user.ign")),
        cmdline="quiet ignition.config.url=" + data('{"ignition":{"version":"3.0.0"}}') + " ro"),
    "no config at all": Case(b""),
    "a URL that needs the network": Case(
        files({"path": "/etc/a", "contents": {"source": "http://192.0.2.1/a"}}), stages=("fetch-offline",)),
    "a referenced config that needs the network": Case(
        config(ignition_config={"merge": [{"source": "https://192.0.2.1/a"}]}), stages=("fetch-offline",)),
}

INVALID = {
    "not JSON": Case("hello"),
    "an HTML page": Case("<!DOCTYPE html><html></html>"),
    "YAML": Case("hello: world\n"),
    "cut off": Case('{"ignition": {"version": "3.3.0"'),
    "text after the end": Case('{"ignition": {"version": "3.3.0"}} x'),
    "an empty object": Case("{}"),
    "null": Case("null"),
    "a list": Case("[]"),
    "an unknown version": Case(config("9.9.9")),
    "a version of spec 2": Case(config("2.3.0")),
    "an experimental version of the past": Case(config("3.3.0-experimental")),
    "a version that is a number": Case('{"ignition": {"version": 3}}'),
    "a mode that is a string": Case(files(file("/etc/a", "", mode="0644"))),
    "a mode with a fraction": Case('{"ignition":{"version":"3.3.0"},"storage":{"files":[{"path":"/a","mode":420.0}]}}'),
    "a mode out of range": Case(files(file("/etc/a", "", mode=8 ** 4))),
    "a relative path": Case(files(file("etc/a"))),
    "a path with ..": Case(files(file("/etc/../a"))),
    "the same path twice": Case(files(file("/etc/a"), file("/etc/a"))),
    "overwrite without a source": Case(files(file("/etc/a", None, overwrite=True))),
    "a unit without extension": Case(units({"name": "a", "contents": SERVICE})),
    "a broken unit": Case(units({"name": "a.service", "contents": "[Service\nA=b\n"})),
    "a drop-in that is no .conf": Case(units({"name": "a.service", "dropins": [{"name": "a"}]})),
    "an owner with id and name": Case(files(file("/etc/a", "", **owner({"id": 1, "name": "app"})))),
    "unknown keys are warnings": Case(
        {**files({**file("/etc/a", "x"), "colour": "red"}), "Unknown": 1}),
    "keys in other letter case": Case('{"Ignition":{"VERSION":"3.3.0"},"Storage":{"FILES":[{"Path":"/etc/a"}]}}'),
    "the same key twice": Case(
        '{"ignition":{"version":"3.0.0","version":"3.3.0"},"storage":{"files":[{"path":"/etc/a"}]},'
        '"storage":{"directories":[{"path":"/srv/a"}]}}'),
    "null members": Case('{"ignition":{"version":"3.3.0"},"storage":null,"passwd":{"users":null},'
                         '"systemd":{"units":[{"name":"a.service","contents":null,"enabled":null}]}}'),
    "invalid UTF-8": Case(b'{"ignition":{"version":"3.3.0"},"storage":{"files":[{"path":"/etc/\xff"}]}}'),
    "escapes in strings": Case(
        '{"ignition":{"version":"3.3.0"},"storage":{"files":[{"path":"\\/etc\\u002fa\\u00e9\\ud83d\\ude00\\ud800"}]}}'),
    "a file below a link of the config": Case(storage(
        files=[file("/srv/l/a")], links=[{"path": "/srv/l", "target": "/var"}])),
    "a bad data URL": Case(files({"path": "/etc/a", "contents": {"source": "data:text"}})),
    "an unknown scheme": Case(files({"path": "/etc/a", "contents": {"source": "ftp://x/a"}})),
}

GROUPS = {
    "files": FILES, "directories": DIRECTORIES, "links": LINKS, "units": UNITS, "passwd": PASSWD,
    "merging": MERGING, "invalid": INVALID,
}
