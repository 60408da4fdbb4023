// The event loops of this process: the addon's only static state, guarded by one mutex.
// An entry lives in its environment's EnvState and is taken out by that environment's cleanup hook,
// before libuv closes the loop. Whoever reads holds the mutex, so no loop can go away under it.
#pragma once
#include <uv.h>

#include <cstdint>

namespace sockscope {

struct LoopEntry {
  uint32_t id = 0;  // 0: not registered
  int32_t tid = 0;
  int32_t thread_id = 0;  // worker_threads.threadId
  uv_loop_t* loop = nullptr;
  LoopEntry* next = nullptr;
};

// One row of doubles per loop, as src/kernel/loops.ts reads it.
enum LoopColumn : uint32_t {
  kLoopId,
  kLoopTid,
  kLoopThreadId,
  kLoopMain,
  kLoopIdleMs,
  kLoopIterations,
  kLoopBackendFd,
  kLoopColumns
};

// Both may be called again: an entry is in the registry at most once. addLoop returns the entry's
// id.
uint32_t addLoop(LoopEntry* entry, uv_loop_t* loop, int32_t tid, int32_t thread_id);
void removeLoop(LoopEntry* entry);
// Fills `capacity` rows at most; returns how many loops there are.
uint32_t readLoops(double* rows, uint32_t capacity);

}  // namespace sockscope
