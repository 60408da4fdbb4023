// Walk of /proc/self/fd by getdents64(2). Kernel: fs/proc/fd.c proc_readfd_common.
#include "kernel/fd_walk.hh"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "kernel/socket_query.hh"

namespace sockscope {
namespace {

// Without /proc every number below the limit is tried; a limit of a million would take 0.2 s.
constexpr uint32_t kMostProbed = 65536;

// struct linux_dirent64; glibc names it, musl too, but neither promises the name `d_name` an
// alignment.
struct DirectoryEntry {
  uint64_t inode;
  int64_t next;
  uint16_t length;
  uint8_t type;
  char name[];
};

// An entry as the kernel writes it: the name ends within, and no entry reaches beyond `room`.
bool isWhole(const DirectoryEntry* entry, int64_t room) {
  constexpr int64_t kHead = offsetof(DirectoryEntry, name);
  if (room <= kHead || entry->length <= kHead || entry->length > room) return false;
  if (entry->length % alignof(DirectoryEntry) != 0) return false;
  return memchr(entry->name, 0, static_cast<size_t>(entry->length - kHead)) != nullptr;
}

// -1 for `.` and `..`, and for what is no descriptor's number.
int numberOf(const char* name) {
  if (*name == 0) return -1;
  int64_t number = 0;
  for (; *name >= '0' && *name <= '9' && number <= INT32_MAX; ++name)
    number = number * 10 + (*name - '0');
  return *name == 0 && number <= INT32_MAX ? static_cast<int>(number) : -1;
}

}  // namespace

struct FdWalk::Visit {
  WalkCount count;

  // False: no such descriptor.
  virtual bool look(int fd) = 0;

 protected:
  ~Visit() = default;
};

struct FdWalk::RowVisit final : Visit {
  uint32_t readings;
  bool listening_only;
  SocketRow* rows;
  uint32_t capacity;

  RowVisit(uint32_t wanted, bool only, SocketRow* into, uint32_t room)
      : readings(wanted), listening_only(only), rows(into), capacity(room) {}

  // One getsockopt tells sockets from everything else.
  bool look(int fd) override {
    int value = 0;
    socklen_t size = sizeof(value);
    const int name = listening_only ? SO_ACCEPTCONN : SO_TYPE;
    if (getsockopt(fd, SOL_SOCKET, name, &value, &size) != 0) return errno != EBADF;
    if (listening_only && value == 0) return true;
    if (count.sockets < capacity) readSocket(fd, readings, &rows[count.sockets]);
    ++count.sockets;
    return true;
  }
};

struct FdWalk::CookieVisit final : Visit {
  FdCookie* rows;
  uint32_t capacity;

  CookieVisit(FdCookie* into, uint32_t room) : rows(into), capacity(room) {}

  bool look(int fd) override {
    uint64_t cookie = 0;
    socklen_t size = sizeof(cookie);
    if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) return errno != EBADF;
    if (count.sockets < capacity) rows[count.sockets] = {cookie, fd, 0};
    ++count.sockets;
    return true;
  }
};

bool FdWalk::byDirectory(Visit* visit) {
  if (!directory_) {
    directory_ = UniqueFd(open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  if (!directory_ || lseek(directory_.get(), 0, SEEK_SET) != 0) return false;
  alignas(8) char buffer[32768];
  for (;;) {
    const int64_t size = syscall(SYS_getdents64, directory_.get(), buffer, sizeof(buffer));
    if (size < 0) visit->count.partial = true;
    if (size <= 0) return true;
    for (int64_t at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer + at);
      if (!isWhole(entry, size - at)) {
        visit->count.partial = true;
        return true;
      }
      at += entry->length;
      const int fd = numberOf(entry->name);
      if (fd < 0) continue;
      ++visit->count.fds;
      visit->look(fd);
    }
  }
}

void FdWalk::byProbing(Visit* visit) {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  visit->count.partial = limit.rlim_cur > kMostProbed;
  const uint32_t end = visit->count.partial ? kMostProbed : static_cast<uint32_t>(limit.rlim_cur);
  for (uint32_t fd = 0; fd < end; ++fd) {
    if (visit->look(static_cast<int>(fd))) ++visit->count.fds;
  }
}

void FdWalk::run(Visit* visit) {
  if (!byDirectory(visit)) byProbing(visit);
}

WalkCount FdWalk::walk(uint32_t readings, bool listening_only, SocketRow* rows, uint32_t capacity) {
  RowVisit visit(readings, listening_only, rows, capacity);
  run(&visit);
  return visit.count;
}

WalkCount FdWalk::cookies(FdCookie* rows, uint32_t capacity) {
  CookieVisit visit(rows, capacity);
  run(&visit);
  return visit.count;
}

}  // namespace sockscope
