#include "kernel/read_files.hh"

#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sockscope {

namespace {

// seq_file ends early only where the next record finds no room in its page: after less than this,
// one of 3 KiB.
constexpr size_t kSurelyWhole = 1024;

int32_t readWhole(int fd, uint8_t* into, size_t room) {
  for (size_t end = 0; end < room;) {
    const ssize_t part = pread(fd, into + end, room - end, static_cast<off_t>(end));
    if (part < 0) return -errno;
    end += static_cast<size_t>(part);
    if (end < room && (part == 0 || end < kSurelyWhole)) return static_cast<int32_t>(end);
  }
  return -E2BIG;
}

}  // namespace

bool areSame(const FilePlace* places, size_t count, const uint8_t* memory) {
  uint8_t fresh[kFileBytes];
  for (size_t i = 0; i < count; ++i) {
    const FilePlace& place = places[i];
    const size_t room = place.room < kFileBytes ? place.room : kFileBytes;
    const int32_t size = readWhole(place.fd, fresh, room);
    if (size < 0 || place.size < 0 || size < place.size) return false;
    if (memcmp(memory + place.start, fresh, static_cast<size_t>(place.size)) != 0) return false;
  }
  return true;
}

void readFiles(FilePlace* places, size_t count, uint8_t* memory) {
  uint8_t fresh[kFileBytes];
  for (size_t i = 0; i < count; ++i) {
    FilePlace& place = places[i];
    const size_t room = place.room < kFileBytes ? place.room : kFileBytes;
    const int32_t size = readWhole(place.fd, fresh, room);
    const auto length = static_cast<size_t>(size > 0 ? size : 0);
    uint8_t* there = memory + place.start;
    place.same = size >= 0 && size == place.size && memcmp(there, fresh, length) == 0 ? 1 : 0;
    if (place.same == 0) memcpy(there, fresh, length);
    place.size = size;
  }
}

}  // namespace sockscope
