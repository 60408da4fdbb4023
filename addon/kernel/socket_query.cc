// getsockopt and ioctl readings of one socket. Kernel: net/core/sock.c, net/ipv4/tcp.c,
// net/unix/af_unix.c.
#include "kernel/socket_query.hh"

#include <linux/sock_diag.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstring>

#include "kernel/uapi.hh"
#include "kernel/unique_fd.hh"

namespace sockscope {
namespace {

struct IntOption {
  Reading reading;
  int name;  // at SOL_SOCKET
  int32_t SocketRow::*field;
};
constexpr IntOption kIntOptions[] = {
    {Reading::kAcceptConn, SO_ACCEPTCONN, &SocketRow::accept_conn},
    {Reading::kType, SO_TYPE, &SocketRow::type},
    {Reading::kDomain, SO_DOMAIN, &SocketRow::domain},
    {Reading::kProtocol, SO_PROTOCOL, &SocketRow::protocol},
    {Reading::kIncomingCpu, SO_INCOMING_CPU, &SocketRow::incoming_cpu},
    {Reading::kIncomingNapiId, SO_INCOMING_NAPI_ID, &SocketRow::incoming_napi_id},
};

struct QueueIoctl {
  Reading reading;
  unsigned long request;
  int32_t SocketRow::*field;
};
constexpr QueueIoctl kQueueIoctls[] = {
    {Reading::kInq, SIOCINQ, &SocketRow::inq},
    {Reading::kOutq, SIOCOUTQ, &SocketRow::outq},
    {Reading::kOutqNsd, SIOCOUTQNSD, &SocketRow::outq_nsd},
};
constexpr uint32_t kIntOptionBits = bit(Reading::kAcceptConn) | bit(Reading::kType) |
                                    bit(Reading::kDomain) | bit(Reading::kProtocol) |
                                    bit(Reading::kIncomingCpu) | bit(Reading::kIncomingNapiId);
constexpr uint32_t kQueueBits = bit(Reading::kInq) | bit(Reading::kOutq) | bit(Reading::kOutqNsd);

void note(SocketRow* row, Reading reading, int status) {
  if (status == 0) {
    row->got |= bit(reading);
  } else {
    row->error[static_cast<uint32_t>(reading)] = static_cast<uint16_t>(errno);
  }
}

// An established TCP connection whose SO_MEMINFO, just taken, shows no memory in use has nothing in
// that queue: each skb that holds data is charged (sk_rmem_alloc, sk_wmem_queued). In other states
// the figures differ: a reset connection's write queue is gone, SIOCOUTQ still counts it.
bool isEmpty(const SocketRow& row, Reading reading) {
  constexpr uint32_t kNeeded = bit(Reading::kTcpInfo) | bit(Reading::kMemInfo);
  constexpr uint32_t kWordsNeeded = 6;
  constexpr uint8_t kEstablished = 1;
  if ((row.got & kNeeded) != kNeeded || row.tcp_info[0] != kEstablished) return false;
  uint32_t memory[kWordsNeeded];
  if (row.mem_info_length < sizeof(memory)) return false;
  memcpy(memory, row.mem_info, sizeof(memory));
  return reading == Reading::kInq ? memory[SK_MEMINFO_RMEM_ALLOC] == 0
                                  : memory[SK_MEMINFO_WMEM_QUEUED] == 0;
}

void readQueue(SocketRow* row, const QueueIoctl& queue) {
  if (isEmpty(*row, queue.reading)) {
    row->*queue.field = 0;
    row->got |= bit(queue.reading);
  } else {
    note(row, queue.reading, ioctl(row->fd, queue.request, &(row->*queue.field)));
  }
}

// Returns through `length` what the kernel wrote: struct sizes differ between kernels. Never more
// than there was room for, whoever plays the kernel.
void option(SocketRow* row, Reading reading, int level, int name, void* into, uint32_t capacity,
            uint32_t* length) {
  socklen_t size = capacity;
  note(row, reading, getsockopt(row->fd, level, name, into, &size));
  if (length != nullptr) *length = size < capacity ? size : capacity;
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

void name(SocketRow* row, Reading reading, NameCall call, uint8_t* into, uint32_t* length) {
  socklen_t size = sizeof(row->local);
  note(row, reading, call(row->fd, reinterpret_cast<sockaddr*>(into), &size));
  *length = size < sizeof(row->local) ? size : sizeof(row->local);
}

// The raw call: glibc 2.33 gave fstat a new symbol version, which the addon must not need.
void inode(SocketRow* row) {
  struct stat status = {};
  note(row, Reading::kInode, static_cast<int>(syscall(SYS_fstat, row->fd, &status)));
  row->inode = status.st_ino;
}

}  // namespace

void readSocket(int fd, uint32_t readings, SocketRow* row) {
  const auto wanted = [readings](Reading reading) { return (readings & bit(reading)) != 0; };
  row->fd = fd;
  row->asked = readings;
  row->got = 0;
  if (wanted(Reading::kCookieBefore)) {
    option(row, Reading::kCookieBefore, SOL_SOCKET, SO_COOKIE, &row->cookie_before,
           sizeof(row->cookie_before), nullptr);
  }
  if (wanted(Reading::kTcpInfo)) {
    option(row, Reading::kTcpInfo, IPPROTO_TCP, TCP_INFO, row->tcp_info, sizeof(row->tcp_info),
           &row->tcp_info_length);
  }
  if (wanted(Reading::kMemInfo)) {
    option(row, Reading::kMemInfo, SOL_SOCKET, SO_MEMINFO, row->mem_info, sizeof(row->mem_info),
           &row->mem_info_length);
  }
  if ((readings & kQueueBits) != 0) {
    for (const QueueIoctl& entry : kQueueIoctls) {
      if (wanted(entry.reading)) readQueue(row, entry);
    }
  }
  if ((readings & kIntOptionBits) != 0) {
    for (const IntOption& entry : kIntOptions) {
      if (!wanted(entry.reading)) continue;
      option(row, entry.reading, SOL_SOCKET, entry.name, &(row->*entry.field), sizeof(int32_t),
             nullptr);
    }
  }
  if (wanted(Reading::kLocal)) {
    name(row, Reading::kLocal, getsockname, row->local, &row->local_length);
  }
  if (wanted(Reading::kRemote)) {
    name(row, Reading::kRemote, getpeername, row->remote, &row->remote_length);
  }
  if (wanted(Reading::kInode)) inode(row);
  if (wanted(Reading::kCookie)) {
    option(row, Reading::kCookie, SOL_SOCKET, SO_COOKIE, &row->cookie, sizeof(row->cookie),
           nullptr);
  }
}

bool hasMemoryInUse(int fd) {
  uint32_t memory[16] = {};
  socklen_t size = sizeof(memory);
  if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &size) != 0) return false;
  return memory[SK_MEMINFO_RMEM_ALLOC] != 0 || memory[SK_MEMINFO_WMEM_QUEUED] != 0;
}

int probeSocket(uint32_t readings, SocketRow* row) {
  const UniqueFd socket_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket_fd) return errno;
  readSocket(socket_fd.get(), readings, row);
  return 0;
}

}  // namespace sockscope
