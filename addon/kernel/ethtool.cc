// SIOCETHTOOL: net/core/dev_ioctl.c, net/ethtool/ioctl.c.
#include "kernel/ethtool.hh"

#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace sockscope {
namespace {

// Memory that ends at a page nobody may touch. ETHTOOL_GSTATS and GSTRINGS carry no length of the
// caller's memory: the kernel writes as many as the driver has at that moment.
class FencedBytes {
 public:
  explicit FencedBytes(size_t size) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t usable = (size + page - 1) / page * page;
    length_ = usable + page;
    void* region =
        mmap(nullptr, length_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (region == MAP_FAILED) return;
    region_ = static_cast<char*>(region);
    if (mprotect(region_ + usable, page, PROT_NONE) == 0) bytes_ = region_ + usable - size;
  }
  FencedBytes(const FencedBytes&) = delete;
  FencedBytes& operator=(const FencedBytes&) = delete;
  ~FencedBytes() {
    if (region_ != nullptr) munmap(region_, length_);
  }
  char* get() const { return bytes_; }  // nullptr: no memory

 private:
  char* region_ = nullptr;
  char* bytes_ = nullptr;
  size_t length_ = 0;
};

}  // namespace

Result<size_t> ethtool(int fd, const char* device, void* command, size_t size) {
  using Out = Result<size_t>;
  if (size < sizeof(uint32_t)) return Out::failed(EINVAL, "ioctl(SIOCETHTOOL)");
  const FencedBytes fenced(size);
  if (fenced.get() == nullptr) return Out::failed(ENOMEM, "mmap");
  memcpy(fenced.get(), command, size);
  ifreq request = {};
  static_assert(sizeof(request.ifr_name) == kDeviceNameBytes, "IFNAMSIZ");
  memcpy(request.ifr_name, device, kDeviceNameBytes);
  request.ifr_data = fenced.get();
  if (ioctl(fd, SIOCETHTOOL, &request) != 0) return Out::failed(errno, "ioctl(SIOCETHTOOL)");
  memcpy(command, fenced.get(), size);
  return Out::of(size);
}

}  // namespace sockscope
