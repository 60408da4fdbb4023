// What the addon keeps for one JavaScript environment (main thread or Worker); gone when the
// environment goes.
#pragma once
#include <napi.h>

#include "kernel/fd_walk.hh"
#include "napi/loop_registry.hh"

namespace sockscope {

struct EnvState {
  FdWalk walk;
  // The row that `glance` fills; JavaScript's own memory, held while the environment lives.
  SocketRow* glance = nullptr;
  Napi::Reference<Napi::ArrayBuffer> glance_memory;
  LoopEntry loop;
  // How long this thread waits at its end (lingerAtEnd), and whether it was told to before.
  uint32_t linger_ms = 0;
  bool lingers = false;
  // The registry must never hold an entry whose memory is gone.
  ~EnvState() { removeLoop(&loop); }
};

}  // namespace sockscope
