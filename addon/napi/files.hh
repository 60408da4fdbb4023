// Files as JavaScript gives them: places (Int32Array, five words a file) and the memory that they
// lie in (Uint8Array).
#pragma once
#include <napi.h>

#include "kernel/read_files.hh"
#include "napi/args.hh"

namespace sockscope {

struct Files {
  Span<FilePlace> places = {nullptr, 0};
  uint8_t* memory = nullptr;
};

// The arguments `index` and the next; none, with a pending TypeError, where they are no such
// arrays.
Files filesArgument(const Napi::CallbackInfo& info, size_t index);

}  // namespace sockscope
