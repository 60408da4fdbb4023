// What the addon keeps for one JavaScript environment (main thread or Worker); gone when the
// environment goes.
#pragma once
#include <napi.h>

#include "kernel/fd_walk.hh"
#include "napi/loop_registry.hh"

namespace sockscope {

struct EnvState {
  FdWalk walk;
  LoopEntry loop;
  // The registry must never hold an entry whose memory is gone.
  ~EnvState() { removeLoop(&loop); }
};

}  // namespace sockscope
