// Reads one socket of this process by descriptor: getsockopt(2), ioctl(2), socket(7), tcp(7),
// unix(7). No state, no allocation; any thread may call it while another one uses the socket.
#pragma once
#include "kernel/socket_row.hh"

namespace sockscope {

// Takes the readings of the mask into the row. A reading that fails leaves its errno in the row.
void readSocket(int fd, uint32_t readings, SocketRow* row);

// Whether SO_MEMINFO shows anything received or queued to be sent; false where it cannot be read.
bool hasMemoryInUse(int fd);

// readSocket for a fresh TCP socket that is closed again: what this kernel answers at all. 0 or an
// errno.
int probeSocket(uint32_t readings, SocketRow* row);

}  // namespace sockscope
