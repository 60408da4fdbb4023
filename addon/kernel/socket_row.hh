// One socket's readings as raw bytes at fixed offsets: the layout that src/kernel/socket-row.ts
// decodes. A test compares the offsets of both sides.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sockscope {

// Which readings to take: bit numbers of a mask. Their order is the order in which they are taken.
enum class Reading : uint32_t {
  kCookieBefore =
      0,  // SO_COOKIE ahead of all others; with kCookie it shows that no other socket came between
  kTcpInfo,
  kMemInfo,
  kInq,  // these three without a call where kTcpInfo and kMemInfo have shown that nothing is there
  kOutq,
  kOutqNsd,
  kAcceptConn,
  kType,
  kDomain,
  kProtocol,
  kIncomingCpu,
  kIncomingNapiId,
  kLocal,
  kRemote,
  kInode,
  kCookie,  // SO_COOKIE after all others
  kCount
};

constexpr uint32_t bit(Reading reading) { return 1U << static_cast<uint32_t>(reading); }

struct SocketRow {
  uint64_t cookie_before;
  uint64_t cookie;
  uint64_t inode;
  int32_t fd;
  uint32_t asked;            // mask of the readings that were wanted
  uint32_t got;              // mask of those that succeeded; the fields of all others mean nothing
  uint32_t tcp_info_length;  // as the kernel returned it
  uint32_t mem_info_length;
  uint32_t local_length;
  uint32_t remote_length;
  int32_t inq;
  int32_t outq;
  int32_t outq_nsd;
  int32_t accept_conn;
  int32_t type;
  int32_t domain;
  int32_t protocol;
  int32_t incoming_cpu;
  int32_t incoming_napi_id;
  uint16_t error[16];  // errno per reading, by bit number
  uint8_t mem_info[64];
  uint8_t local[112];  // sockaddr_un is 110
  uint8_t remote[112];
  uint8_t tcp_info[360];  // 280 on Linux 6.18; a longer one is cut here
};
static_assert(sizeof(SocketRow) == 768, "the stride is part of the layout");
static_assert(static_cast<size_t>(Reading::kCount) == 16, "one errno slot per reading");

}  // namespace sockscope
