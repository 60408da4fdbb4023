// registerLoop(threadId), readLoops(rows), lingerAtEnd(ms), gettid(), threadCpuMs().
#include <node_api.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "napi/args.hh"
#include "napi/env_state.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

// glibc has gettid only since 2.30.
int32_t threadId() { return static_cast<int32_t>(syscall(SYS_gettid)); }

// (worker_threads.threadId) → loop id, 0 if the environment has none
Napi::Value RegisterLoop(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  uv_loop_t* loop = nullptr;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok) return Napi::Number::New(env, 0);
  LoopEntry* entry = &env.GetInstanceData<EnvState>()->loop;
  if (entry->id == 0) {
    addLoop(entry, loop, threadId(), integer(info, 0));
    const auto remove = [](void* own) { removeLoop(static_cast<LoopEntry*>(own)); };
    napi_add_env_cleanup_hook(env, remove, entry);
  }
  return Napi::Number::New(env, entry->id);
}

// (rows: Float64Array) → number of loops, which may be more than there were rows
Napi::Value ReadLoops(const Napi::CallbackInfo& info) {
  const auto rows = typedArray<double>(info, 0, napi_float64_array, "a Float64Array is expected");
  const auto capacity = static_cast<uint32_t>(rows.size / kLoopColumns);
  return Napi::Number::New(info.Env(), readLoops(rows.data, capacity));
}

// (ms): so long this environment waits at its end, behind the end of all that it has opened since
// it loaded the addon. What another thread then still says to it is said before it is gone.
void LingerAtEnd(const Napi::CallbackInfo& info) {
  auto* state = info.Env().GetInstanceData<EnvState>();
  state->linger_ms = static_cast<uint32_t>(integer(info, 0));
  if (state->lingers) return;
  const auto wait = [](void* own) { uv_sleep(static_cast<EnvState*>(own)->linger_ms); };
  state->lingers = napi_add_env_cleanup_hook(info.Env(), wait, state) == napi_ok;
}

Napi::Value Gettid(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), threadId());
}

Napi::Value ThreadCpuMs(const Napi::CallbackInfo& info) {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return Napi::Number::New(info.Env(), static_cast<double>(spent.tv_sec) * 1e3 +
                                           static_cast<double>(spent.tv_nsec) / 1e6);
}

}  // namespace

void exportLoops(Napi::Env env, Napi::Object exports) {
  exports.Set("registerLoop", Napi::Function::New<RegisterLoop>(env, "registerLoop"));
  exports.Set("readLoops", Napi::Function::New<ReadLoops>(env, "readLoops"));
  exports.Set("lingerAtEnd", Napi::Function::New<LingerAtEnd>(env, "lingerAtEnd"));
  exports.Set("gettid", Napi::Function::New<Gettid>(env, "gettid"));
  exports.Set("threadCpuMs", Napi::Function::New<ThreadCpuMs>(env, "threadCpuMs"));
}

}  // namespace sockscope
