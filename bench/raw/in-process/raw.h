/* What the files of this folder share. Each measured loop times itself: crossing into JavaScript is not in its figure. */
#pragma once
#include <node_api.h>
#include <stdint.h>
#include <time.h>

/* What this thread took of a CPU: others who want it too do not count. */
static inline double cpu_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* The first `count` arguments; absent ones are undefined. */
static inline void arguments(napi_env env, napi_callback_info info, napi_value *values, size_t count) {
  napi_get_cb_info(env, info, &count, values, NULL, NULL);
}
static inline int32_t integer(napi_env env, napi_value value) {
  int32_t out = 0;
  napi_get_value_int32(env, value, &out);
  return out;
}
static inline napi_value number(napi_env env, double value) {
  napi_value out;
  napi_create_double(env, value, &out);
  return out;
}

napi_value own_sockets(napi_env env, napi_callback_info info);
napi_value dump(napi_env env, napi_callback_info info);
napi_value proc_files(napi_env env, napi_callback_info info);
napi_value thread_cpu(napi_env env, napi_callback_info info);
napi_value children_cpu(napi_env env, napi_callback_info info);
