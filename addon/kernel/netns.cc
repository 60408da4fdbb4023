// Entering a network namespace and reading there: setns(2).
#include "kernel/netns.hh"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>

#include "kernel/unique_fd.hh"

namespace sockscope {

Result<bool> enterNetnsOf(int pid) {
  using Out = Result<bool>;
  char path[32];
  static_cast<void>(snprintf(path, sizeof(path), "/proc/%d/ns/net", pid));
  const UniqueFd target(open(path, O_RDONLY | O_CLOEXEC));
  if (!target) return Out::failed(errno, "open(ns/net)");
  if (setns(target.get(), CLONE_NEWNET) != 0) return Out::failed(errno, "setns");
  return Out::of(true);
}

Result<size_t> readInNetnsOf(int pid, const char* path, void* into, size_t capacity) {
  using Out = Result<size_t>;
  const Result<bool> entered = enterNetnsOf(pid);
  if (!entered.ok()) return Out::failed(entered.error, entered.syscall);
  const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return Out::failed(errno, "open");
  const ssize_t size = read(file.get(), into, capacity);
  if (size < 0) return Out::failed(errno, "read");
  return Out::of(static_cast<size_t>(size));
}

}  // namespace sockscope
