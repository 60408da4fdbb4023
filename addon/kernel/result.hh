// What every function of this folder returns: a value, or the errno and the system call that
// failed.
#pragma once
#include <cerrno>

namespace sockscope {

template <typename T>
struct Result {
  T value;
  int error;            // 0, or an errno
  const char* syscall;  // the call that failed; static text

  bool ok() const { return error == 0; }
  static Result of(T value) { return {static_cast<T&&>(value), 0, nullptr}; }
  static Result failed(int error, const char* syscall) { return {T{}, error, syscall}; }
};

}  // namespace sockscope
