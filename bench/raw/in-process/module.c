/* raw.node: the limits in C, inside the measured process. */
#include "raw.h"

#include <sys/resource.h>

/* () -> nanoseconds of CPU that this thread took */
napi_value thread_cpu(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, cpu_ns());
}

/* () -> microseconds of CPU that children took which have ended and were waited for. */
napi_value children_cpu(napi_env env, napi_callback_info info) {
  (void)info;
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  return number(env, (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
                         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec));
}

static napi_value init(napi_env env, napi_value exports) {
  const struct {
    const char *name;
    napi_callback call;
  } all[] = {
      {"ownSockets", own_sockets},
      {"dump", dump},
      {"procFiles", proc_files},
      {"threadCpuNs", thread_cpu},
      {"childrenCpuMicros", children_cpu},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    napi_value function;
    napi_create_function(env, all[i].name, NAPI_AUTO_LENGTH, all[i].call, NULL, &function);
    napi_set_named_property(env, exports, all[i].name, function);
  }
  return exports;
}
NAPI_MODULE(raw, init)
