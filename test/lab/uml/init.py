#!/usr/bin/env python3
"""The first program of a user-mode Linux kernel (scripts/test-uml.mjs): mounts what tests need, runs COMMAND, halts.

Its environment are the words NAME=VALUE of the kernel's command line. The root is the host's, read-only.
"""
import ctypes
import os
import re
import subprocess

FOLDERS = (("proc", "/proc"), ("sysfs", "/sys"), ("tmpfs", "/tmp"), ("tmpfs", "/run"), ("cgroup2", "/sys/fs/cgroup"))
MODULES = ("ipv6", "unix_diag", "udp_diag", "veth")
FINIT_MODULE = 313
POWER_OFF = 0x4321FEDC

libc = ctypes.CDLL(None, use_errno=True)
loaded = set()


def load(name, paths):
    """insmod(8), with what it depends on; what is built in has no file."""
    path = paths.get(name.replace("-", "_"))
    if path is None or path in loaded:
        return
    loaded.add(path)
    with open(path, "rb") as file:
        for needed in re.search(rb"\0depends=([^\0]*)\0", file.read()).group(1).decode().split(","):
            load(needed, paths)
        if libc.syscall(FINIT_MODULE, file.fileno(), b"", 0) != 0:
            print(f"{path}: {os.strerror(ctypes.get_errno())}")


def run():
    for kind, folder in FOLDERS:
        subprocess.run(["mount", "-t", kind, "none", folder], check=True)
    files = (os.path.join(folder, name) for folder, _, names in os.walk(os.environ["MODULES"]) for name in names)
    paths = {os.path.basename(path)[:-3].replace("-", "_"): path for path in files if path.endswith(".ko")}
    for name in MODULES:
        load(name, paths)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # Groups beside this one can be given limits.
    os.mkdir("/sys/fs/cgroup/tests")
    with open("/sys/fs/cgroup/tests/cgroup.procs", "w") as group:
        group.write(str(os.getpid()))
    with open("/sys/fs/cgroup/cgroup.subtree_control", "w") as control:
        control.write("+cpu +memory +pids")
    os.chdir(os.environ["ROOT"])
    print("kernel", os.uname().release, flush=True)
    return subprocess.run(os.environ["COMMAND"].split(",")).returncode


try:
    os.environ.update(PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME="/tmp")
    print(f"ended with status {run()}", flush=True)
finally:
    libc.reboot(POWER_OFF)
