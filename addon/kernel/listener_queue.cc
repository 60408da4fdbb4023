// Kernel: net/ipv4/tcp.c tcp_get_info (of a listener), net/core/sock.c sk_get_meminfo.
#include "kernel/listener_queue.hh"

#include <cstring>

#include "kernel/socket_query.hh"

namespace sockscope {
namespace {

constexpr uint32_t kReadings = bit(Reading::kCookieBefore) | bit(Reading::kTcpInfo) |
                               bit(Reading::kMemInfo) | bit(Reading::kCookie);
constexpr uint8_t kListen = 10;  // TCP_LISTEN, the first byte of struct tcp_info

// struct tcp_info: tcpi_unacked is a listener's queue, tcpi_sacked its limit.
constexpr uint32_t kUnackedAt = 24;
constexpr uint32_t kSackedAt = 28;
constexpr uint32_t kTcpInfoEnd = 32;
constexpr uint32_t kDropsAt = 32;  // SK_MEMINFO_DROPS, the ninth word
constexpr uint32_t kMemInfoEnd = 36;

uint32_t word(const uint8_t* from) {
  uint32_t value = 0;
  memcpy(&value, from, sizeof(value));
  return value;
}

}  // namespace

bool readListenerQueue(int fd, uint64_t cookie, ListenerQueue* out) {
  SocketRow row;
  readSocket(fd, kReadings, &row);
  if (row.got != kReadings || row.cookie_before != cookie || row.cookie != cookie) return false;
  if (row.tcp_info_length < kTcpInfoEnd || row.mem_info_length < kMemInfoEnd) return false;
  if (row.tcp_info[0] != kListen) return false;
  *out = {word(row.tcp_info + kUnackedAt), word(row.tcp_info + kSackedAt),
          word(row.mem_info + kDropsAt)};
  return true;
}

}  // namespace sockscope
