"""Opens listening sockets and becomes another program that inherits them from descriptor 10 on, as systemd's
socket activation does (sd_listen_fds(3), with another first number). usage: inherit.py HOST PORT BACKLOG COUNT COMMAND..."""
import os
import socket
import sys

host, port, backlog, count, *command = sys.argv[1:]
for number in range(int(count)):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if int(count) > 1:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, int(port)))
    listener.listen(int(backlog))
    os.dup2(listener.fileno(), 10 + number)
    listener.close()
os.execvp(command[0], command)
