// class NetlinkSocket: open(pid, protocol), send(bytes), receive(bytes), ethtool(device, command),
// join(group), filter(program), drops(), port(), close(). Numbers: a count, or -errno.
#include "kernel/netlink.hh"

#include <linux/filter.h>
#include <uv.h>

#include "kernel/ethtool.hh"
#include "napi/args.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

constexpr size_t kHelperStackBytes = 65536;

// Opened on a helper thread, which ends. setns(2) moves one thread, so that the namespace of the
// caller's never changes (a socket stays in the namespace in which it was opened). And a seccomp
// filter may answer by ending the thread that asks (SCMP_ACT_KILL): an event loop must not be that.
Result<NetlinkSocket> openApart(int pid, int protocol) {
  struct Job {
    int pid;
    int protocol;
    Result<NetlinkSocket> out;
  } job = {pid, protocol, Result<NetlinkSocket>::failed(EAGAIN, "pthread_create")};
  const auto run = [](void* argument) {
    auto* own = static_cast<Job*>(argument);
    own->out = Result<NetlinkSocket>::failed(EPERM, "socket(AF_NETLINK) ended its thread");
    own->out = own->pid == 0 ? NetlinkSocket::openHere(own->protocol)
                             : NetlinkSocket::openIn(own->pid, own->protocol);
  };
  uv_thread_options_t options = {};
  options.flags = UV_THREAD_HAS_STACK_SIZE;
  options.stack_size = kHelperStackBytes;
  uv_thread_t thread = {};
  if (uv_thread_create_ex(&thread, &options, run, &job) == 0) uv_thread_join(&thread);
  return static_cast<Result<NetlinkSocket>&&>(job.out);
}

class NetlinkSocketWrap : public Napi::ObjectWrap<NetlinkSocketWrap> {
 public:
  explicit NetlinkSocketWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {}

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "NetlinkSocket",
                       {InstanceMethod<&NetlinkSocketWrap::Open>("open"),
                        InstanceMethod<&NetlinkSocketWrap::Send>("send"),
                        InstanceMethod<&NetlinkSocketWrap::Receive>("receive"),
                        InstanceMethod<&NetlinkSocketWrap::Ethtool>("ethtool"),
                        InstanceMethod<&NetlinkSocketWrap::Join>("join"),
                        InstanceMethod<&NetlinkSocketWrap::Filter>("filter"),
                        InstanceMethod<&NetlinkSocketWrap::Drops>("drops"),
                        InstanceMethod<&NetlinkSocketWrap::Port>("port"),
                        InstanceMethod<&NetlinkSocketWrap::Close>("close")});
  }

 private:
  // (pid, 0: the own namespace; protocol) → [errno or 0, the call that failed]
  Napi::Value Open(const Napi::CallbackInfo& info) {
    const int32_t pid = integer(info, 0);
    const int32_t protocol = integer(info, 1);
    Result<NetlinkSocket> opened = openApart(pid, protocol);
    Napi::Array out = Napi::Array::New(info.Env(), 2);
    out.Set(0U, Napi::Number::New(info.Env(), opened.error));
    // As a Value: given a String, Set would go through std::string, which the addon has not.
    const Napi::Value syscall = Napi::String::New(info.Env(), opened.ok() ? "" : opened.syscall);
    out.Set(1U, syscall);
    if (opened.ok()) socket_ = static_cast<NetlinkSocket&&>(opened.value);
    return out;
  }
  Napi::Value Send(const Napi::CallbackInfo& info) {
    const Span<uint8_t> request = bytes(info, 0);
    return Napi::Number::New(info.Env(), countOrErrno(socket_.send(request.data, request.size)));
  }
  Napi::Value Receive(const Napi::CallbackInfo& info) {
    const Span<uint8_t> into = bytes(info, 0);
    return Napi::Number::New(info.Env(), countOrErrno(socket_.receive(into.data, into.size)));
  }
  Napi::Value Ethtool(const Napi::CallbackInfo& info) {
    const Span<uint8_t> device = bytes(info, 0);
    const Span<uint8_t> command = bytes(info, 1);
    if (info.Env().IsExceptionPending()) return info.Env().Undefined();
    if (device.size != kDeviceNameBytes || device.data[kDeviceNameBytes - 1] != 0) {
      throwTypeError(info.Env(), "a name of 16 bytes with NUL is expected");
      return info.Env().Undefined();
    }
    const auto* name = reinterpret_cast<const char*>(device.data);
    return Napi::Number::New(info.Env(),
                             countOrErrno(ethtool(socket_.fd(), name, command.data, command.size)));
  }
  Napi::Value Join(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), countOrErrno(socket_.join(integer(info, 0))));
  }
  Napi::Value Filter(const Napi::CallbackInfo& info) {
    const Span<uint8_t> program = bytes(info, 0);
    const size_t instructions = program.size / sizeof(sock_filter);
    return Napi::Number::New(info.Env(),
                             countOrErrno(socket_.attachFilter(program.data, instructions)));
  }
  Napi::Value Drops(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), countOrErrno(socket_.drops()));
  }
  Napi::Value Port(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), socket_.port());
  }
  void Close(const Napi::CallbackInfo& info) { socket_.close(); }

  NetlinkSocket socket_;
};

}  // namespace

void exportNetlink(Napi::Env env, Napi::Object exports) {
  exports.Set("NetlinkSocket", NetlinkSocketWrap::Define(env));
}

}  // namespace sockscope
