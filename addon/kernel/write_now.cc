// Writing without waiting: the observer must not hang on a full pipe.
#include "kernel/write_now.hh"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace sockscope {

Result<size_t> writeNow(int fd, const void* bytes, size_t size) {
  using Out = Result<size_t>;
  const ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return Out::of(static_cast<size_t>(sent));
  if (errno != ENOTSOCK) return Out::failed(errno, "send");
  const int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return Out::failed(errno, "fcntl(F_GETFL)");
  if ((flags & O_NONBLOCK) == 0) return Out::failed(EINVAL, "write");
  const ssize_t written = write(fd, bytes, size);
  if (written < 0) return Out::failed(errno, "write");
  return Out::of(static_cast<size_t>(written));
}

}  // namespace sockscope
