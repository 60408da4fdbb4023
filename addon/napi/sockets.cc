// readSockets, findInUse, glance, walkSockets, walkCookies, probeSocket: rows of raw readings into
// the caller's Uint8Array.
#include "kernel/socket_query.hh"
#include "napi/args.hh"
#include "napi/env_state.hh"
#include "napi/exports.hh"

namespace sockscope {
namespace {

Span<SocketRow> rowsArgument(const Napi::CallbackInfo& info, size_t index) {
  const Span<uint8_t> memory = bytes(info, index);
  if (reinterpret_cast<uintptr_t>(memory.data) % alignof(SocketRow) != 0) {
    throwTypeError(info.Env(), "rows must be aligned to 8");
    return {nullptr, 0};
  }
  return {reinterpret_cast<SocketRow*>(memory.data), memory.size / sizeof(SocketRow)};
}

// (fds: Int32Array, count, readings, rows: Uint8Array) → rows filled
Napi::Value ReadSockets(const Napi::CallbackInfo& info) {
  const auto fds = typedArray<int32_t>(info, 0, napi_int32_array, "an Int32Array is expected");
  const auto count = static_cast<size_t>(integer(info, 1));
  const auto readings = static_cast<uint32_t>(integer(info, 2));
  const Span<SocketRow> rows = rowsArgument(info, 3);
  size_t end = count < fds.size ? count : fds.size;
  if (end > rows.size) end = rows.size;
  for (size_t i = 0; i < end; ++i) readSocket(fds.data[i], readings, &rows.data[i]);
  return Napi::Number::New(info.Env(), static_cast<double>(end));
}

// (fds: Int32Array, into: Int32Array ← places in `fds` of those with memory in use) → how many
Napi::Value FindInUse(const Napi::CallbackInfo& info) {
  const auto fds = typedArray<int32_t>(info, 0, napi_int32_array, "an Int32Array is expected");
  const auto into = typedArray<int32_t>(info, 1, napi_int32_array, "an Int32Array is expected");
  const size_t end = fds.size < into.size ? fds.size : into.size;
  size_t found = 0;
  for (size_t i = 0; i < end; ++i) {
    if (hasMemoryInUse(fds.data[i])) into.data[found++] = static_cast<int32_t>(i);
  }
  return Napi::Number::New(info.Env(), static_cast<double>(found));
}

// (fd, readings): into `glanceRow`, which the next call overwrites; no argument is a buffer, whose
// look-up would cost as much as a system call
void Glance(const Napi::CallbackInfo& info) {
  const int32_t fd = integer(info, 0);
  const auto readings = static_cast<uint32_t>(integer(info, 1));
  readSocket(fd, readings, info.Env().GetInstanceData<EnvState>()->glance);
}

// Undefined where none can be made: in an environment that ends while it loads the addon, in which
// nothing is called any more (an empty Napi::ArrayBuffer, asked for its memory, ends the process).
Napi::Value glanceRow(Napi::Env env) {
  void* memory = nullptr;
  napi_value row = nullptr;
  if (napi_create_arraybuffer(env, sizeof(SocketRow), &memory, &row) != napi_ok) {
    return env.Undefined();
  }
  auto* state = env.GetInstanceData<EnvState>();
  state->glance = static_cast<SocketRow*>(memory);
  state->glance_memory = Napi::Persistent(Napi::ArrayBuffer(env, row));
  return {env, row};
}

void tell(const WalkCount& count, const Span<uint32_t>& out) {
  out.data[0] = count.fds;
  out.data[1] = count.sockets;
  out.data[2] = count.partial ? 1 : 0;
}

// (readings, listeningOnly, rows: Uint8Array, count: Uint32Array(3) ← fds, sockets, partial)
void WalkSockets(const Napi::CallbackInfo& info) {
  const auto readings = static_cast<uint32_t>(integer(info, 0));
  const bool listening_only = integer(info, 1) != 0;
  const Span<SocketRow> rows = rowsArgument(info, 2);
  const auto out = typedArray<uint32_t>(info, 3, napi_uint32_array, "a Uint32Array is expected");
  if (rows.data == nullptr || out.size < 3) return;
  auto* state = info.Env().GetInstanceData<EnvState>();
  tell(state->walk.walk(readings, listening_only, rows.data, static_cast<uint32_t>(rows.size)),
       out);
}

// (rows: Uint32Array, four words a socket: cookie's low and high half, fd, unused; count ← as
// above)
void WalkCookies(const Napi::CallbackInfo& info) {
  const auto rows = typedArray<uint32_t>(info, 0, napi_uint32_array, "a Uint32Array is expected");
  const auto out = typedArray<uint32_t>(info, 1, napi_uint32_array, "a Uint32Array is expected");
  if (rows.data == nullptr || out.size < 3) return;
  if (reinterpret_cast<uintptr_t>(rows.data) % alignof(FdCookie) != 0) {
    throwTypeError(info.Env(), "rows must be aligned to 8");
    return;
  }
  auto* state = info.Env().GetInstanceData<EnvState>();
  const auto capacity = static_cast<uint32_t>(rows.size / (sizeof(FdCookie) / sizeof(uint32_t)));
  tell(state->walk.cookies(reinterpret_cast<FdCookie*>(rows.data), capacity), out);
}

// (readings, rows: Uint8Array) → 0 or -errno
Napi::Value ProbeSocket(const Napi::CallbackInfo& info) {
  const auto readings = static_cast<uint32_t>(integer(info, 0));
  const Span<SocketRow> rows = rowsArgument(info, 1);
  const int error = rows.size == 0 ? EINVAL : probeSocket(readings, rows.data);
  return Napi::Number::New(info.Env(), -error);
}

Napi::Object Layout(Napi::Env env) {
  Napi::Object layout = Napi::Object::New(env);
  const auto put = [&](const char* key, size_t value) {
    layout.Set(key, Napi::Number::New(env, static_cast<double>(value)));
  };
#define SOCKSCOPE_OFFSET(field) put(#field, offsetof(SocketRow, field))
  SOCKSCOPE_OFFSET(cookie_before);
  SOCKSCOPE_OFFSET(cookie);
  SOCKSCOPE_OFFSET(inode);
  SOCKSCOPE_OFFSET(fd);
  SOCKSCOPE_OFFSET(asked);
  SOCKSCOPE_OFFSET(got);
  SOCKSCOPE_OFFSET(tcp_info_length);
  SOCKSCOPE_OFFSET(mem_info_length);
  SOCKSCOPE_OFFSET(local_length);
  SOCKSCOPE_OFFSET(remote_length);
  SOCKSCOPE_OFFSET(inq);
  SOCKSCOPE_OFFSET(outq);
  SOCKSCOPE_OFFSET(outq_nsd);
  SOCKSCOPE_OFFSET(accept_conn);
  SOCKSCOPE_OFFSET(type);
  SOCKSCOPE_OFFSET(domain);
  SOCKSCOPE_OFFSET(protocol);
  SOCKSCOPE_OFFSET(incoming_cpu);
  SOCKSCOPE_OFFSET(incoming_napi_id);
  SOCKSCOPE_OFFSET(error);
  SOCKSCOPE_OFFSET(mem_info);
  SOCKSCOPE_OFFSET(local);
  SOCKSCOPE_OFFSET(remote);
  SOCKSCOPE_OFFSET(tcp_info);
#undef SOCKSCOPE_OFFSET
  put("stride", sizeof(SocketRow));
  return layout;
}

}  // namespace

void exportSockets(Napi::Env env, Napi::Object exports) {
  exports.Set("readSockets", Napi::Function::New<ReadSockets>(env, "readSockets"));
  exports.Set("findInUse", Napi::Function::New<FindInUse>(env, "findInUse"));
  exports.Set("glance", Napi::Function::New<Glance>(env, "glance"));
  exports.Set("glanceRow", glanceRow(env));
  exports.Set("walkSockets", Napi::Function::New<WalkSockets>(env, "walkSockets"));
  exports.Set("walkCookies", Napi::Function::New<WalkCookies>(env, "walkCookies"));
  exports.Set("probeSocket", Napi::Function::New<ProbeSocket>(env, "probeSocket"));
  exports.Set("layout", Layout(env));
}

}  // namespace sockscope
