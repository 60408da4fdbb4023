// readInNetns(pid, path with its final NUL, into) → bytes read, or -errno. The thread of the
// caller stays where it is.
#include "kernel/netns.hh"

#include <uv.h>

#include "napi/args.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

struct Job {
  int pid;
  Span<uint8_t> path;
  Span<uint8_t> into;
  Result<size_t> out;
};

Napi::Value ReadInNetns(const Napi::CallbackInfo& info) {
  Job job = {integer(info, 0), bytes(info, 1), bytes(info, 2),
             Result<size_t>::failed(EAGAIN, "pthread_create")};
  if (info.Env().IsExceptionPending()) return info.Env().Undefined();
  if (job.path.size == 0 || job.path.data[job.path.size - 1] != 0) {
    throwTypeError(info.Env(), "the path ends with NUL");
    return info.Env().Undefined();
  }
  uv_thread_t thread = {};
  const auto run = [](void* argument) {
    auto* own = static_cast<Job*>(argument);
    const auto* path = reinterpret_cast<const char*>(own->path.data);
    own->out = readInNetnsOf(own->pid, path, own->into.data, own->into.size);
  };
  if (uv_thread_create(&thread, run, &job) == 0) uv_thread_join(&thread);
  return Napi::Number::New(info.Env(), countOrErrno(job.out));
}

}  // namespace

void exportNetns(Napi::Env env, Napi::Object exports) {
  exports.Set("readInNetns", Napi::Function::New<ReadInNetns>(env, "readInNetns"));
}

}  // namespace sockscope
