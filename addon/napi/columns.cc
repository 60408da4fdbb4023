// structColumns: fields of structs in the caller's memory into the caller's columns.
#include "kernel/struct_columns.hh"
#include "napi/args.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

constexpr size_t kWordsAPlace = sizeof(StructPlace) / sizeof(int32_t);
constexpr size_t kNumbersAField = 5;  // offset, width, shift, mask, none

StructField fieldAt(const double* numbers) {
  return {static_cast<uint32_t>(numbers[0]), static_cast<uint32_t>(numbers[1]),
          static_cast<uint32_t>(numbers[2]), static_cast<uint32_t>(numbers[3]), numbers[4]};
}

// (memory: Uint8Array, places: Int32Array, start and length of each struct; count; fields:
// Float64Array, five numbers each; into: Float64Array ← one column after another, `room` apart;
// room)
void StructColumns(const Napi::CallbackInfo& info) {
  const Span<uint8_t> memory = bytes(info, 0);
  const auto places = typedArray<int32_t>(info, 1, napi_int32_array, "an Int32Array is expected");
  const auto count = static_cast<size_t>(integer(info, 2));
  const auto fields = typedArray<double>(info, 3, napi_float64_array, "a Float64Array is expected");
  const auto into = typedArray<double>(info, 4, napi_float64_array, "a Float64Array is expected");
  const auto room = static_cast<size_t>(integer(info, 5));
  if (info.Env().IsExceptionPending()) return;
  const size_t columns = fields.size / kNumbersAField;
  if (count > places.size / kWordsAPlace || count > room || columns * room > into.size) {
    napi_throw_range_error(info.Env(), nullptr, "the columns have no room");
    return;
  }
  const StructMemory structs = {memory.data, memory.size,
                                reinterpret_cast<const StructPlace*>(places.data), count};
  const size_t shortest = shortestStruct(structs);
  for (size_t i = 0; i < columns; ++i) {
    structColumn(structs, shortest, fieldAt(fields.data + (i * kNumbersAField)),
                 into.data + (i * room));
  }
}

}  // namespace

void exportColumns(Napi::Env env, Napi::Object exports) {
  exports.Set("structColumns", Napi::Function::New<StructColumns>(env, "structColumns"));
}

}  // namespace sockscope
