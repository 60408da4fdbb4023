// A column is made by one loop without a branch on the field's kind. Little-endian, as the structs
// are.
#include "kernel/struct_columns.hh"

#include <cmath>
#include <cstring>

namespace sockscope {
namespace {

bool reaches(const StructMemory& memory, const StructPlace& place, uint64_t end) {
  return place.start >= 0 && place.length >= 0 && static_cast<uint64_t>(place.length) >= end &&
         static_cast<uint64_t>(place.start) + end <= memory.size;
}

template <typename Word>
double valueAt(const uint8_t* at, const StructField& field) {
  Word value = 0;
  memcpy(&value, at + field.offset, sizeof(value));
  if (sizeof(Word) < sizeof(uint32_t)) {
    value = static_cast<Word>((static_cast<uint32_t>(value) >> field.shift) & field.mask);
  }
  return static_cast<double>(value);
}

template <typename Word>
void column(const StructMemory& memory, size_t shortest, const StructField& field, double* into) {
  const uint64_t end = static_cast<uint64_t>(field.offset) + sizeof(Word);
  if (end <= shortest) {
    for (size_t i = 0; i < memory.count; ++i) {
      into[i] = valueAt<Word>(memory.bytes + memory.places[i].start, field);
    }
    return;
  }
  for (size_t i = 0; i < memory.count; ++i) {
    const StructPlace& place = memory.places[i];
    into[i] = reaches(memory, place, end) ? valueAt<Word>(memory.bytes + place.start, field) : NAN;
  }
}

}  // namespace

size_t shortestStruct(const StructMemory& memory) {
  size_t shortest = memory.size;
  for (size_t i = 0; i < memory.count; ++i) {
    const StructPlace& place = memory.places[i];
    const auto length = static_cast<size_t>(place.length < 0 ? 0 : place.length);
    if (!reaches(memory, place, length)) return 0;
    if (length < shortest) shortest = length;
  }
  return shortest;
}

void structColumn(const StructMemory& memory, size_t shortest, const StructField& field,
                  double* into) {
  switch (field.width) {
    case 1:
      column<uint8_t>(memory, shortest, field, into);
      break;
    case 2:
      column<uint16_t>(memory, shortest, field, into);
      break;
    case 4:
      column<uint32_t>(memory, shortest, field, into);
      break;
    case 8:
      column<uint64_t>(memory, shortest, field, into);
      break;
    default:
      for (size_t i = 0; i < memory.count; ++i) into[i] = NAN;
  }
  if (std::isnan(field.none)) return;
  for (size_t i = 0; i < memory.count; ++i) {
    if (into[i] == field.none) into[i] = NAN;
  }
}

}  // namespace sockscope
