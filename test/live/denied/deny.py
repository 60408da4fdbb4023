"""Refuses system calls to the program it becomes: deny.py RULE… -- COMMAND ARGUMENT…

A rule is CALL[:PLACE=VALUE]…:ANSWER. CALL: socket, sendto, getsockopt. PLACE: the argument's number, from 0.
ANSWER: an errno's name, or KILL_THREAD. A seccomp filter (linux/seccomp.h) that the program and its children inherit.
"""
import ctypes
import errno
import os
import platform
import struct
import sys

CALLS = {
    "x86_64": {"socket": 41, "sendto": 44, "getsockopt": 55},
    "aarch64": {"socket": 198, "sendto": 206, "getsockopt": 209},
}[platform.machine()]
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
RET_KILL_THREAD, RET_ERRNO, RET_ALLOW = 0x0, 0x00050000, 0x7FFF0000
LOAD_WORD, JUMP_EQUAL, RETURN = 0x20, 0x15, 0x06


def instruction(code, when_true, when_false, value):
    return struct.pack("HBBI", code, when_true, when_false, value)


def compiled(rule):
    """struct seccomp_data: the call's number at 0, its arguments, 8 bytes each, from 16 on."""
    call, *places, answer = rule.split(":")
    wanted = [(0, CALLS[call])]
    for place in places:
        number, value = place.split("=")
        wanted.append((16 + 8 * int(number), int(value)))
    returned = RET_KILL_THREAD if answer == "KILL_THREAD" else RET_ERRNO | getattr(errno, answer)
    program = b""
    for done, (offset, value) in enumerate(wanted):
        rest = 2 * (len(wanted) - done - 1) + 1
        program += instruction(LOAD_WORD, 0, 0, offset) + instruction(JUMP_EQUAL, 0, rest, value)
    return program + instruction(RETURN, 0, 0, returned)


split = sys.argv.index("--")
program = b"".join(map(compiled, sys.argv[1:split])) + instruction(RETURN, 0, 0, RET_ALLOW)
memory = ctypes.create_string_buffer(program, len(program))
filter = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(memory))
libc = ctypes.CDLL(None, use_errno=True)
for arguments in ((PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0)):
    if libc.prctl(*arguments) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
os.execvp(sys.argv[split + 1], sys.argv[split + 1 :])
