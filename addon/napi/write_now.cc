// writeNow(fd, bytes) → bytes taken, or -errno.
#include "kernel/write_now.hh"

#include "napi/args.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

Napi::Value WriteNow(const Napi::CallbackInfo& info) {
  const int32_t fd = integer(info, 0);
  const Span<uint8_t> message = bytes(info, 1);
  return Napi::Number::New(info.Env(), countOrErrno(writeNow(fd, message.data, message.size)));
}

}  // namespace

void exportWriteNow(Napi::Env env, Napi::Object exports) {
  exports.Set("writeNow", Napi::Function::New<WriteNow>(env, "writeNow"));
}

}  // namespace sockscope
