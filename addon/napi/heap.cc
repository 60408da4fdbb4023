// collectGarbage(): of this thread's JavaScript heap, at once.
#include "napi/exports.hh"

namespace sockscope {
namespace {

// V8 collects everything when memory that only JavaScript objects keep alive passes half of what
// the old generation may take, or 64 MiB (Heap::ReportExternalMemoryPressure): more than either
// where the heap has the limits of src/agent/thread.ts.
constexpr int64_t kBytes = int64_t{256} << 20;

void CollectGarbage(const Napi::CallbackInfo& info) {
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), kBytes);
  Napi::MemoryManagement::AdjustExternalMemory(info.Env(), -kBytes);
}

}  // namespace

void exportHeap(Napi::Env env, Napi::Object exports) {
  exports.Set("collectGarbage", Napi::Function::New<CollectGarbage>(env, "collectGarbage"));
}

}  // namespace sockscope
