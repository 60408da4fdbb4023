// readFiles: many files into the caller's memory.
#include "kernel/read_files.hh"
#include "napi/args.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

constexpr size_t kWordsAPlace = sizeof(FilePlace) / sizeof(int32_t);

// (places: Int32Array, five words a file; memory: Uint8Array)
void ReadFiles(const Napi::CallbackInfo& info) {
  const auto words = typedArray<int32_t>(info, 0, napi_int32_array, "an Int32Array is expected");
  const Span<uint8_t> memory = bytes(info, 1);
  if (words.data == nullptr || memory.data == nullptr) return;
  auto* places = reinterpret_cast<FilePlace*>(words.data);
  const size_t count = words.size / kWordsAPlace;
  for (size_t i = 0; i < count; ++i) {
    const size_t end = static_cast<size_t>(places[i].start) + places[i].room;
    if (end > memory.size) return throwTypeError(info.Env(), "a file's place lies in the memory");
  }
  readFiles(places, count, memory.data);
}

}  // namespace

void exportFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("readFiles", Napi::Function::New<ReadFiles>(env, "readFiles"));
}

}  // namespace sockscope
