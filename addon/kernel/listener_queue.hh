// The accept queue of one own listener, by descriptor: tcp(7) TCP_INFO, SO_MEMINFO.
#pragma once
#include <cstdint>

namespace sockscope {

struct ListenerQueue {
  uint32_t length;
  uint32_t limit;
  uint32_t drops;
};

// False: the descriptor no longer leads to the listener with this cookie, or a figure is missing.
bool readListenerQueue(int fd, uint64_t cookie, ListenerQueue* out);

}  // namespace sockscope
