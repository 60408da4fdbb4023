"""One end of a veth pair as the receiver of traffic, inside a network namespace.
  offload DEVICE tso=0 gso=0 gro=1   switches features off and on, as ethtool -K
  sink ADDRESS                       takes whatever comes on port 5001; prints "ready", then the NAPI id of each client
  send ADDRESS SECONDS PAUSE         sends to it, all it takes (PAUSE 0), or 100 bytes every PAUSE seconds
  burst ADDRESS COUNT                sends COUNT datagrams of 1000 bytes to port 9"""
import ctypes
import fcntl
import socket
import struct
import sys
import time

SIOCETHTOOL, SO_INCOMING_NAPI_ID = 0x8946, 56
SWITCHES = {"tso": 0x1F, "gso": 0x24, "gro": 0x2C}


def offload(device, *settings):
    with socket.socket() as any_socket:
        for setting in settings:
            name, value = setting.split("=")
            command = bytearray(struct.pack("=II", SWITCHES[name], int(value)))
            memory = (ctypes.c_char * len(command)).from_buffer(command)
            request = struct.pack("16sP8x", device.encode(), ctypes.addressof(memory))
            fcntl.ioctl(any_socket.fileno(), SIOCETHTOOL, request)


def sink(address):
    server = socket.create_server((address, 5001))
    print("ready", flush=True)
    while True:
        client, _ = server.accept()
        said = False
        while client.recv(1 << 20):
            if not said:
                print("napi", client.getsockopt(socket.SOL_SOCKET, SO_INCOMING_NAPI_ID), flush=True)
                said = True


def send(address, seconds, pause):
    client = socket.create_connection((address, 5001))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        client.send(b"x" * (100 if float(pause) else 65536))
        time.sleep(float(pause))


def burst(address, count):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for _ in range(int(count)):
            client.sendto(b"x" * 1000, (address, 9))


globals()[sys.argv[1]](*sys.argv[2:])
