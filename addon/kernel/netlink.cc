// Netlink sockets, in the own or another network namespace. Kernel: net/netlink/af_netlink.c.
#include "kernel/netlink.hh"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "kernel/netns.hh"
#include "kernel/uapi.hh"

namespace sockscope {
namespace {
constexpr int kMostForeign = 16;  // datagrams of other senders skipped in one receive
}  // namespace

Result<NetlinkSocket> NetlinkSocket::openHere(int protocol) {
  using Out = Result<NetlinkSocket>;
  NetlinkSocket out;
  out.fd_ = UniqueFd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!out.fd_) return Out::failed(errno, "socket(AF_NETLINK)");
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (bind(out.fd_.get(), generic, size) != 0) return Out::failed(errno, "bind");
  if (getsockname(out.fd_.get(), generic, &size) != 0) return Out::failed(errno, "getsockname");
  out.port_ = address.nl_pid;
  return Out::of(static_cast<NetlinkSocket&&>(out));
}

Result<NetlinkSocket> NetlinkSocket::openIn(int pid, int protocol) {
  using Out = Result<NetlinkSocket>;
  const Result<bool> entered = enterNetnsOf(pid);
  if (!entered.ok()) return Out::failed(entered.error, entered.syscall);
  return openHere(protocol);
}

Result<size_t> NetlinkSocket::send(const void* request, size_t size) const {
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  const ssize_t sent = sendto(fd_.get(), request, size, MSG_DONTWAIT,
                              reinterpret_cast<const sockaddr*>(&kernel), sizeof(kernel));
  if (sent < 0) return Result<size_t>::failed(errno, "sendto");
  return Result<size_t>::of(static_cast<size_t>(sent));
}

Result<size_t> NetlinkSocket::receive(void* into, size_t capacity) const {
  using Out = Result<size_t>;
  for (int i = 0; i < kMostForeign; ++i) {
    sockaddr_nl sender = {};
    iovec part = {into, capacity};
    msghdr message = {};
    message.msg_name = &sender;
    message.msg_namelen = sizeof(sender);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t size = recvmsg(fd_.get(), &message, MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return Out::failed(errno, "recvmsg");
    if (sender.nl_pid != 0) continue;  // another process may write to our address
    if ((message.msg_flags & MSG_TRUNC) != 0) return Out::failed(EMSGSIZE, "recvmsg");
    return Out::of(static_cast<size_t>(size));
  }
  return Out::failed(EAGAIN, "recvmsg");
}

Result<bool> NetlinkSocket::join(int group) const {
  using Out = Result<bool>;
  const int on = 1;
  if (setsockopt(fd_.get(), SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)) != 0 ||
      setsockopt(fd_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0) {
    return Out::failed(errno, "setsockopt(SOL_NETLINK)");
  }
  return Out::of(true);
}

Result<bool> NetlinkSocket::attachFilter(const void* program, size_t instructions) const {
  using Out = Result<bool>;
  if (instructions > BPF_MAXINSNS) return Out::failed(EINVAL, "SO_ATTACH_FILTER");
  sock_fprog filter = {};
  filter.len = static_cast<unsigned short>(instructions);
  // The kernel copies from it and does not write.
  filter.filter = static_cast<sock_filter*>(const_cast<void*>(program));
  if (setsockopt(fd_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) != 0)
    return Out::failed(errno, "SO_ATTACH_FILTER");
  return Out::of(true);
}

Result<uint32_t> NetlinkSocket::drops() const {
  using Out = Result<uint32_t>;
  uint32_t values[SK_MEMINFO_VARS] = {};
  socklen_t size = sizeof(values);
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_MEMINFO, values, &size) != 0)
    return Out::failed(errno, "SO_MEMINFO");
  return Out::of(values[SK_MEMINFO_DROPS]);
}

}  // namespace sockscope
