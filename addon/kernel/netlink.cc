// Netlink sockets, in the own or another network namespace. Kernel: net/netlink/af_netlink.c.
#include "kernel/netlink.hh"

#include <linux/netlink.h>
#include <sys/socket.h>

#include "kernel/netns.hh"

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

}  // namespace sockscope
