// Registers what the addon exports; nothing else.
#include <napi.h>

#include "napi/env_state.hh"
#include "napi/exports.hh"

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new sockscope::EnvState);  // deleted with the environment
  sockscope::exportSockets(env, exports);
  sockscope::exportColumns(env, exports);
  sockscope::exportNetlink(env, exports);
  sockscope::exportLoops(env, exports);
  sockscope::exportNetns(env, exports);
  sockscope::exportWriteNow(env, exports);
  sockscope::exportFiles(env, exports);
  sockscope::exportQuietWatch(env, exports);
  sockscope::exportHeap(env, exports);
  return exports;
}

NODE_API_MODULE(sockscope, Init)
