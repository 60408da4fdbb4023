// Another process's network namespace: setns(2), namespaces(7). Both functions move the CALLING
// THREAD there for good: call them on a thread that ends.
#pragma once
#include <cstddef>

#include "kernel/result.hh"

namespace sockscope {

Result<bool> enterNetnsOf(int pid);

// The file at `path` as that namespace shows it: /proc/sys/net shows the namespace of the thread
// that reads. Returns the bytes read, at most `capacity`.
Result<size_t> readInNetnsOf(int pid, const char* path, void* into, size_t capacity);

}  // namespace sockscope
