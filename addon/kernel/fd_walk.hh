// Finds the sockets among this process's own descriptors: proc_pid_fd(5).
// The directory stays open, so a walk needs no free descriptor: it works while the process has none
// left. Not thread-safe: one walker per thread.
#pragma once
#include "kernel/socket_row.hh"
#include "kernel/unique_fd.hh"

namespace sockscope {

struct WalkCount {
  uint32_t fds = 0;      // open descriptors of any kind
  uint32_t sockets = 0;  // sockets found; may be more than rows were given
  bool partial = false;  // the directory could not be read to its end
};

// One socket of a walk that only asks who is there.
struct FdCookie {
  uint64_t cookie;
  int32_t fd;
  int32_t unused;
};
static_assert(sizeof(FdCookie) == 16, "the stride is part of the layout");

class FdWalk {
 public:
  // Reads each socket (or, with listening_only, each listening one) into the next row while rows
  // last.
  WalkCount walk(uint32_t readings, bool listening_only, SocketRow* rows, uint32_t capacity);
  // Of each socket only SO_COOKIE: a third of the price, and rows 48 times smaller.
  WalkCount cookies(FdCookie* rows, uint32_t capacity);

 private:
  struct Visit;
  struct RowVisit;
  struct CookieVisit;
  void run(Visit* visit);
  bool byDirectory(Visit* visit);
  static void byProbing(Visit* visit);
  UniqueFd directory_;
};

}  // namespace sockscope
