// readFiles: many files into the caller's memory.
#include "napi/files.hh"

#include "napi/exports.hh"

namespace sockscope {
namespace {

constexpr size_t kWordsAPlace = sizeof(FilePlace) / sizeof(int32_t);

// (places: Int32Array, memory: Uint8Array)
void ReadFiles(const Napi::CallbackInfo& info) {
  const Files files = filesArgument(info, 0);
  readFiles(files.places.data, files.places.size, files.memory);
}

}  // namespace

Files filesArgument(const Napi::CallbackInfo& info, size_t index) {
  const auto words =
      typedArray<int32_t>(info, index, napi_int32_array, "an Int32Array is expected");
  const Span<uint8_t> memory = bytes(info, index + 1);
  if (words.data == nullptr || memory.data == nullptr) return {};
  auto* places = reinterpret_cast<FilePlace*>(words.data);
  const size_t count = words.size / kWordsAPlace;
  for (size_t i = 0; i < count; ++i) {
    const size_t end = static_cast<size_t>(places[i].start) + places[i].room;
    if (end <= memory.size) continue;
    throwTypeError(info.Env(), "a file's place lies in the memory");
    return {};
  }
  return {{places, count}, memory.data};
}

void exportFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("readFiles", Napi::Function::New<ReadFiles>(env, "readFiles"));
}

}  // namespace sockscope
