// Fields of many kernel structs as columns of doubles. Which fields there are is told by
// src/snapshot/fields; here only bytes move. Total: any places and fields are answered.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sockscope {

// One field: `width` 1, 2, 4 or 8 bytes at `offset`, then shifted and masked. `none`: the value
// that means "none".
struct StructField {
  uint32_t offset;
  uint32_t width;
  uint32_t shift;
  uint32_t mask;
  double none;
};

// Struct i begins at byte `start` of the memory; `length` bytes of it are there, 0: none.
struct StructPlace {
  int32_t start;
  int32_t length;
};

struct StructMemory {
  const uint8_t* bytes;
  size_t size;
  const StructPlace* places;
  size_t count;
};

// How many bytes every one of the structs has, 0 if one lies outside the memory: fields that end
// there or before need no check.
size_t shortestStruct(const StructMemory& memory);

// The field of each struct into `into`; NaN where it is absent. `shortest`: as above.
void structColumn(const StructMemory& memory, size_t shortest, const StructField& field,
                  double* into);

}  // namespace sockscope
