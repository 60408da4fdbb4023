// uv_metrics_idle_time and uv_metrics_info of every registered loop, from any thread (libuv 1.45,
// Node 20).
#include "napi/loop_registry.hh"

#include <pthread.h>
#include <unistd.h>

namespace sockscope {
namespace {

struct Registry {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LoopEntry* first = nullptr;
  uint32_t last_id = 0;
} registry;

class Lock {
 public:
  Lock() { pthread_mutex_lock(&registry.mutex); }
  ~Lock() { pthread_mutex_unlock(&registry.mutex); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

// The count may be torn by the loop's own thread, never on a 64-bit machine.
double iterationsOf(uv_loop_t* loop) {
  uv_metrics_t metrics = {};
  uv_metrics_info(loop, &metrics);
  return static_cast<double>(metrics.loop_count);
}

}  // namespace

uint32_t addLoop(LoopEntry* entry, uv_loop_t* loop, int32_t tid, int32_t thread_id) {
  const Lock lock;
  if (entry->id != 0) return entry->id;
  *entry = {++registry.last_id, tid, thread_id, loop, registry.first};
  registry.first = entry;
  return entry->id;
}

void removeLoop(LoopEntry* entry) {
  const Lock lock;
  for (LoopEntry** at = &registry.first; *at != nullptr; at = &(*at)->next) {
    if (*at != entry) continue;
    *at = entry->next;
    *entry = {};
    return;
  }
}

uint32_t readLoops(double* rows, uint32_t capacity) {
  const Lock lock;
  uint32_t count = 0;
  for (const LoopEntry* entry = registry.first; entry != nullptr; entry = entry->next) {
    if (count++ >= capacity) continue;
    rows[kLoopId] = entry->id;
    rows[kLoopTid] = entry->tid;
    rows[kLoopThreadId] = entry->thread_id;
    rows[kLoopMain] = entry->tid == getpid() ? 1 : 0;
    rows[kLoopIdleMs] = static_cast<double>(uv_metrics_idle_time(entry->loop)) / 1e6;
    rows[kLoopIterations] = iterationsOf(entry->loop);
    rows[kLoopBackendFd] = uv_backend_fd(entry->loop);
    rows += kLoopColumns;
  }
  return count;
}

}  // namespace sockscope
