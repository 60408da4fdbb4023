// Many small files of /proc and the cgroup's in one go: pread(2).
#pragma once
#include <cstddef>
#include <cstdint>

namespace sockscope {

// Five words that JavaScript shares (src/kernel/read-ahead.ts).
struct FilePlace {
  int32_t fd;
  uint32_t start;  // of its bytes in the memory
  uint32_t room;
  int32_t size;  // in: as it was left; out: bytes, or -errno; -E2BIG: they find no room
  int32_t same;  // 1: the bytes that stood there before
};

// The longest file that is read this way.
constexpr size_t kFileBytes = 16384;

void readFiles(FilePlace* places, size_t count, uint8_t* memory);

// Whether all of them begin with the bytes that stand in their places.
bool areSame(const FilePlace* places, size_t count, const uint8_t* memory);

}  // namespace sockscope
