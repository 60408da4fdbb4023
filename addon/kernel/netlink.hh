// A netlink socket that moves whole datagrams: netlink(7). What the messages say, sequence numbers
// and errors included, is read in src/kernel/netlink.ts. Not thread-safe: one owner at a time.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernel/result.hh"
#include "kernel/unique_fd.hh"

namespace sockscope {

class NetlinkSocket {
 public:
  NetlinkSocket() = default;
  // A socket of this NETLINK_* protocol in the calling thread's network namespace.
  static Result<NetlinkSocket> openHere(int protocol);
  // The same in the namespace of process `pid`. Moves the CALLING THREAD there: call it on a thread
  // that ends.
  static Result<NetlinkSocket> openIn(int pid, int protocol);

  Result<size_t> send(const void* request, size_t size) const;
  // One datagram, sent by the kernel itself; never waits: a dump's next part is made by the call.
  // EMSGSIZE: it did not fit; EAGAIN: none is there; ENOBUFS: the kernel lost some.
  Result<size_t> receive(void* into, size_t capacity) const;
  // Takes part in a multicast group (NETLINK_ADD_MEMBERSHIP). What nobody receives in time is lost
  // and counted by `drops`, without ENOBUFS.
  Result<bool> join(int group) const;
  // Classic BPF (struct sock_filter) that the kernel runs on each message before it is queued;
  // replaces an earlier one.
  Result<bool> attachFilter(const void* program, size_t instructions) const;
  // Messages that found no room so far (SO_MEMINFO).
  Result<uint32_t> drops() const;

  int fd() const { return fd_.get(); }
  uint32_t port() const { return port_; }
  void close() { fd_.reset(); }

 private:
  UniqueFd fd_;
  uint32_t port_ = 0;  // the address the kernel gave this socket; replies carry it as nlmsg_pid
};

}  // namespace sockscope
