// LD_PRELOAD: the wall clock of one process, moved by as many seconds as the file $MOVED_BY holds (a 64-bit number).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace {
int64_t movedBy() {
  static const volatile int64_t* seconds = [] {
    const int fd = open(getenv("MOVED_BY"), O_RDONLY);
    return static_cast<const volatile int64_t*>(mmap(nullptr, 8, PROT_READ, MAP_SHARED, fd, 0));
  }();
  return *seconds;
}
}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) {
  const long done = syscall(SYS_clock_gettime, clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += movedBy();
  return static_cast<int>(done);
}

extern "C" int gettimeofday(timeval* now, void*) {
  timespec exact = {};
  const int done = clock_gettime(CLOCK_REALTIME, &exact);
  *now = {exact.tv_sec, exact.tv_nsec / 1000};
  return done;
}
