// libFuzzer's harness for the addon's readers (addon/kernel): the input is what the kernel answers.
// getdents64, getsockopt, getsockname, ioctl, recvmsg and fstat are replaced at link time
// (-Wl,--wrap); a length may be anything that a kernel, or something that plays one, could return.
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "kernel/ethtool.hh"
#include "kernel/fd_walk.hh"
#include "kernel/listener_queue.hh"
#include "kernel/netlink.hh"
#include "kernel/socket_query.hh"

namespace {

// What is left of the input; nullptr: calls go to the real kernel.
const uint8_t* answers = nullptr;
size_t left = 0;

uint8_t nextByte() {
  if (left == 0) return 0;
  --left;
  return *answers++;
}
uint32_t nextWord() {
  uint32_t word = 0;
  for (int i = 0; i < 4; ++i) word = word << 8 | nextByte();
  return word;
}
// At most `room` bytes of the input; returns how many.
size_t fill(void* into, size_t room) {
  const size_t size = room < left ? room : left;
  if (size > 0) memcpy(into, answers, size);
  answers += size;
  left -= size;
  return size;
}
// One call in eight fails.
bool refuses() {
  const uint8_t choice = nextByte();
  if (choice % 8 != 7) return false;
  errno = choice / 8 + 1;
  return true;
}

void expect(bool held) {
  if (!held) abort();
}

}  // namespace

extern "C" {
long __real_syscall(long number, ...);
int __real_getsockopt(int, int, int, void*, socklen_t*);
int __real_open(const char*, int, ...);
off_t __real_lseek(int, off_t, int);
int __real_ioctl(int, unsigned long, ...);
ssize_t __real_recvmsg(int, msghdr*, int);
int __real_getsockname(int, sockaddr*, socklen_t*);
int __real_getpeername(int, sockaddr*, socklen_t*);

// fstat and getdents64: no call of theirs has more arguments.
long __wrap_syscall(long number, long fd, long into, long room) {
  if (answers == nullptr) return __real_syscall(number, fd, into, room);
  if (refuses()) return -1;
  auto* memory = reinterpret_cast<void*>(into);
  if (number == SYS_fstat) {
    fill(memory, sizeof(struct stat));
    return 0;
  }
  const uint8_t share = nextByte();
  return static_cast<long>(fill(memory, share < 128 ? share * 4U : static_cast<size_t>(room)));
}

int __wrap_getsockopt(int fd, int level, int name, void* value, socklen_t* size) {
  if (answers == nullptr) return __real_getsockopt(fd, level, name, value, size);
  if (refuses()) return -1;
  const uint8_t choice = nextByte();
  const auto filled = static_cast<socklen_t>(fill(value, choice % 2 == 0 ? *size : choice % *size));
  *size = choice == 255 ? nextWord() : filled;
  return 0;
}

static int nameOf(sockaddr* into, socklen_t* size) {
  if (refuses()) return -1;
  fill(into, *size);
  *size = nextWord() % 300;  // a name longer than its room is cut, and its length told
  return 0;
}
int __wrap_getsockname(int fd, sockaddr* into, socklen_t* size) {
  return answers == nullptr ? __real_getsockname(fd, into, size) : nameOf(into, size);
}
int __wrap_getpeername(int fd, sockaddr* into, socklen_t* size) {
  return answers == nullptr ? __real_getpeername(fd, into, size) : nameOf(into, size);
}

int __wrap_open(const char* path, int flags, ...) {
  return __real_open(answers == nullptr ? path : "/dev/null", answers == nullptr ? flags : O_RDONLY,
                     0600);
}
off_t __wrap_lseek(int fd, off_t offset, int whence) {
  return answers == nullptr ? __real_lseek(fd, offset, whence) : 0;
}

int __wrap_ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void* argument = va_arg(list, void*);
  va_end(list);
  if (answers == nullptr) return __real_ioctl(fd, request, argument);
  if (refuses()) return -1;
  if (request == 0x8946)
    return 0;  // SIOCETHTOOL: what it writes is bounded by a page nobody may touch
  fill(argument, sizeof(int));
  return 0;
}

ssize_t __wrap_recvmsg(int fd, msghdr* message, int flags) {
  if (answers == nullptr) return __real_recvmsg(fd, message, flags);
  if (refuses()) return -1;
  auto* sender = static_cast<sockaddr_nl*>(message->msg_name);
  sender->nl_pid = nextByte() % 4 == 0 ? nextWord() : 0;
  message->msg_flags = nextByte() % 8 == 0 ? MSG_TRUNC : 0;
  return static_cast<ssize_t>(fill(message->msg_iov->iov_base, message->msg_iov->iov_len));
}
}

using sockscope::SocketRow;

static void readRows(uint8_t count) {
  std::vector<SocketRow> rows(count % 9);
  sockscope::FdWalk walk;
  const uint32_t capacity = static_cast<uint32_t>(rows.size());
  const sockscope::WalkCount told =
      walk.walk(nextWord(), nextByte() % 2 == 0, rows.data(), capacity);
  for (uint32_t i = 0; i < capacity && i < told.sockets; ++i) {
    expect(rows[i].fd >= 0);
    if ((rows[i].asked & sockscope::bit(sockscope::Reading::kTcpInfo)) != 0)
      expect(rows[i].tcp_info_length <= sizeof(rows[i].tcp_info));
    if ((rows[i].asked & sockscope::bit(sockscope::Reading::kMemInfo)) != 0)
      expect(rows[i].mem_info_length <= sizeof(rows[i].mem_info));
    expect(rows[i].local_length <= sizeof(rows[i].local));
    expect(rows[i].remote_length <= sizeof(rows[i].remote));
  }
}

static void readCookies(uint8_t count) {
  std::vector<sockscope::FdCookie> rows(count % 9);
  sockscope::FdWalk walk;
  walk.cookies(rows.data(), static_cast<uint32_t>(rows.size()));
}

static void readQueue(uint8_t fd) {
  sockscope::ListenerQueue queue = {};
  static_cast<void>(sockscope::readListenerQueue(fd, nextWord(), &queue));
}

static void receive(uint8_t size) {
  std::vector<uint8_t> into(size * 4U);
  const sockscope::NetlinkSocket socket;
  const sockscope::Result<size_t> taken = socket.receive(into.data(), into.size());
  if (taken.ok()) expect(taken.value <= into.size());
  static_cast<void>(socket.drops());
}

static void askDriver(uint8_t size) {
  std::vector<uint8_t> command(size * 4U);
  const char device[sockscope::kDeviceNameBytes] = "eth0";
  static_cast<void>(sockscope::ethtool(-1, device, command.data(), command.size()));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static void (*const readers[])(uint8_t) = {readRows, readCookies, readQueue, receive, askDriver};
  answers = data + 2;
  left = size - 2;
  readers[data[0] % 5](data[1]);
  answers = nullptr;
  return 0;
}
