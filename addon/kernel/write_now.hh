// One write that never waits: send(2), write(2).
#pragma once
#include <cstddef>

#include "kernel/result.hh"

namespace sockscope {

// Sockets: MSG_DONTWAIT | MSG_NOSIGNAL. Anything else only if its description is O_NONBLOCK, and
// up to PIPE_BUF bytes to any pipe; EINVAL where the write could wait. Returns the bytes taken.
Result<size_t> writeNow(int fd, const void* bytes, size_t size);

}  // namespace sockscope
