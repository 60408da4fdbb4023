// Writing without waiting: the observer must not hang on a full pipe.
#include "kernel/write_now.hh"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <climits>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x8
#endif

namespace sockscope {

namespace {

// A pipe whose description is a blocking one, of a user we no longer are: it cannot be opened anew.
// Linux 6.4 and later write to it without waiting (fs/pipe.c, IOCB_NOWAIT). Before that: a pipe
// that is writable has a free page, and PIPE_BUF bytes at most need no second one; only a writer
// who takes it between the two calls could make us wait.
ssize_t writeToBlockingPipe(int fd, const void* bytes, size_t size) {
  iovec part = {const_cast<void*>(bytes), size};
  const ssize_t taken = syscall(SYS_pwritev2, fd, &part, 1L, -1L, -1L, RWF_NOWAIT);
  if (taken >= 0 || errno == EAGAIN || errno == EPIPE) return taken;
  pollfd waiter = {fd, POLLOUT, 0};
  if (poll(&waiter, 1, 0) == 1) return write(fd, bytes, size);
  errno = EAGAIN;
  return -1;
}

// The raw call: glibc 2.33 gave fstat a new symbol version, which the addon must not need.
bool isPipe(int fd) {
  struct stat status = {};
  return syscall(SYS_fstat, fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

}  // namespace

Result<size_t> writeNow(int fd, const void* bytes, size_t size) {
  using Out = Result<size_t>;
  const ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return Out::of(static_cast<size_t>(sent));
  if (errno != ENOTSOCK) return Out::failed(errno, "send");
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return Out::failed(errno, "fcntl(F_GETFL)");
  const bool mayWait = (flags & O_NONBLOCK) == 0;
  if (mayWait && !(size <= PIPE_BUF && isPipe(fd))) return Out::failed(EINVAL, "write");
  const ssize_t written = mayWait ? writeToBlockingPipe(fd, bytes, size) : write(fd, bytes, size);
  if (written < 0) return Out::failed(errno, "write");
  return Out::of(static_cast<size_t>(written));
}

}  // namespace sockscope
