// Questions to a network driver: SIOCETHTOOL, linux/ethtool.h.
#pragma once
#include <cstddef>

#include "kernel/result.hh"

namespace sockscope {

constexpr size_t kDeviceNameBytes = 16;  // IFNAMSIZ

// Puts one struct ethtool_* to the driver of `device` (kDeviceNameBytes, NUL inside) in the network
// namespace of the socket `fd`, of any family. The first four bytes of `command` say which. How
// much the kernel writes back is the driver's affair and may have grown since it was asked: what
// does not fit into `size` fails with EFAULT instead of being written behind it. Returns `size`;
// EINVAL: not even those four bytes.
Result<size_t> ethtool(int fd, const char* device, void* command, size_t size);

}  // namespace sockscope
