// Argument checks. The callers are this package's own (src/kernel); a wrong argument is a TypeError
// that names it.
#pragma once
#include <napi.h>

namespace sockscope {

template <typename T>
struct Span {
  T* data;
  size_t size;  // elements
};

// The first wrong argument is told: what comes behind it, or while the environment ends, cannot be
// thrown, and Napi::Error would end the process over it.
inline void throwTypeError(Napi::Env env, const char* what) {
  napi_throw_type_error(env, nullptr, what);
}

// A typed array's memory, as elements of T; empty, with a pending TypeError, if it is none of that
// type.
template <typename T>
Span<T> typedArray(const Napi::CallbackInfo& info, size_t index, napi_typedarray_type wanted,
                   const char* what) {
  napi_typedarray_type type = wanted;
  size_t length = 0;
  void* data = nullptr;
  const napi_status status =
      napi_get_typedarray_info(info.Env(), info[index], &type, &length, &data, nullptr, nullptr);
  if (status == napi_ok && type == wanted) return {static_cast<T*>(data), length};
  throwTypeError(info.Env(), what);
  return {nullptr, 0};
}

inline Span<uint8_t> bytes(const Napi::CallbackInfo& info, size_t index) {
  return typedArray<uint8_t>(info, index, napi_uint8_array, "a Uint8Array is expected");
}

inline int32_t integer(const Napi::CallbackInfo& info, size_t index) {
  int32_t value = 0;
  if (napi_get_value_int32(info.Env(), info[index], &value) != napi_ok) {
    throwTypeError(info.Env(), "an integer is expected");
  }
  return value;
}

// The convention of the whole addon: a count, or a negative errno.
template <typename R>
double countOrErrno(const R& result) {
  return result.ok() ? static_cast<double>(result.value) : -static_cast<double>(result.error);
}

}  // namespace sockscope
