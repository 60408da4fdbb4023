// class QuietWatch(wake): rest(plan, listeners, loops, glances, places, memory), stop(). While all
// is quiet it glances at listeners and event loops by a libuv timer of its environment's loop: a
// wake-up of that thread without JavaScript. It wakes JavaScript when a figure has to be looked at,
// or when time is up; with files that have not changed, time goes on to the end of the next
// interval.
#include <node_api.h>
#include <uv.h>

#include "kernel/listener_queue.hh"
#include "napi/args.hh"
#include "napi/exports.hh"
#include "napi/files.hh"
#include "napi/loop_registry.hh"

namespace sockscope {
namespace {

// The arrays of src/kernel/quiet-watch.ts, which says what each means. Times are ms since the rest
// began.
enum Plan : uint32_t { kBegunAgo, kEvery, kUntil, kHeld, kLate, kInterval, kStillUntil, kPlanEnd };
enum ListenerWord : uint32_t {
  kFd,
  kCookieLow,
  kCookieHigh,
  kLength,
  kLimit,
  kDrops,
  kLongFrom,
  kListenerWords
};
enum LoopValue : uint32_t { kId, kIsWaitedFor, kIdleMs, kIterations, kTurnedAt, kLoopValues };

constexpr uint32_t kLoopsAtMost = 32;
// libuv's idle time runs on while a loop sleeps: less than this is its clock's granularity.
constexpr double kIdleNoiseMs = 0.05;

class QuietWatch;

// libuv's handle, which lives until libuv has closed it, whichever goes first: the environment or
// the object.
struct Clock {
  uv_timer_t timer;
  napi_async_cleanup_hook_handle hook;
  QuietWatch* owner;
};

class QuietWatch : public Napi::ObjectWrap<QuietWatch> {
 public:
  explicit QuietWatch(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    if (!info[0].IsFunction()) {
      throwTypeError(info.Env(), "a function is expected");
      return;
    }
    uv_loop_t* loop = nullptr;
    if (napi_get_uv_event_loop(info.Env(), &loop) != napi_ok) return;
    wake_ = Napi::Persistent(info[0].As<Napi::Function>());
    clock_ = new Clock{};
    clock_->owner = this;
    clock_->timer.data = clock_;
    uv_timer_init(loop, &clock_->timer);
    const auto end = [](napi_async_cleanup_hook_handle, void* clock) {
      close(static_cast<Clock*>(clock));
    };
    napi_add_async_cleanup_hook(info.Env(), end, clock_, &clock_->hook);
  }
  ~QuietWatch() override {
    if (clock_ != nullptr) close(clock_);
  }

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(
        env, "QuietWatch",
        {InstanceMethod<&QuietWatch::Rest>("rest"), InstanceMethod<&QuietWatch::Stop>("stop")});
  }

 private:
  static void close(Clock* clock) {
    if (clock->owner != nullptr) clock->owner->clock_ = nullptr;
    clock->owner = nullptr;
    auto* handle = reinterpret_cast<uv_handle_t*>(&clock->timer);
    if (uv_is_closing(handle) != 0) return;
    uv_close(handle, [](uv_handle_t* closed) {
      auto* own = static_cast<Clock*>(closed->data);
      napi_remove_async_cleanup_hook(own->hook);
      delete own;
    });
  }

  // (plan: Float64Array, listeners: Uint32Array, loops: Float64Array, glances: Float64Array,
  // places: Int32Array, memory: Uint8Array): they are read and written until stop(). Without places
  // it ends with the interval.
  void Rest(const Napi::CallbackInfo& info) {
    const auto plan = typedArray<double>(info, 0, napi_float64_array, "a Float64Array is expected");
    listeners_ = typedArray<uint32_t>(info, 1, napi_uint32_array, "a Uint32Array is expected");
    loops_ = typedArray<double>(info, 2, napi_float64_array, "a Float64Array is expected");
    glances_ = typedArray<double>(info, 3, napi_float64_array, "a Float64Array is expected");
    files_ = filesArgument(info, 4);
    if (info.Env().IsExceptionPending() || plan.size < kPlanEnd || clock_ == nullptr) return;
    for (size_t i = 0; i < kKept; ++i) kept_[i] = Napi::Persistent(info[i + 1].As<Napi::Object>());
    begun_ = uv_hrtime() - static_cast<uint64_t>(plan.data[kBegunAgo] * 1e6);
    every_ = plan.data[kEvery];
    until_ = plan.data[kUntil];
    held_ = plan.data[kHeld];
    late_ = plan.data[kLate];
    interval_ = plan.data[kInterval];
    still_until_ = plan.data[kStillUntil];
    taken_ = 0;
    due_ = every_;
    uv_update_time(clock_->timer.loop);
    start();
  }
  // → glances taken since rest()
  Napi::Value Stop(const Napi::CallbackInfo& info) {
    if (clock_ != nullptr) uv_timer_stop(&clock_->timer);
    for (Napi::ObjectReference& reference : kept_) reference.Reset();
    const uint32_t taken = taken_;
    taken_ = 0;
    return Napi::Number::New(info.Env(), taken);
  }

  void start() {
    const auto fire = [](uv_timer_t* timer) { static_cast<Clock*>(timer->data)->owner->glance(); };
    uv_timer_start(&clock_->timer, fire, static_cast<uint64_t>(every_), 0);
  }
  double now() const { return static_cast<double>(uv_hrtime() - begun_) / 1e6; }

  void glance() {
    const double at = now();
    if (at - due_ < held_ && goesOn(at) && isCalm(at) && now() - at < held_) {
      ++taken_;
      due_ = at + every_;
      start();
      return;
    }
    wake();
  }

  // At the end of an interval it does while nothing was sent, received, opened or closed.
  bool goesOn(double at) {
    if (at < until_) return true;
    if (at >= still_until_ || files_.places.size == 0) return false;
    if (!areSame(files_.places.data, files_.places.size, files_.memory)) return false;
    until_ += interval_;
    return true;
  }

  size_t loops() const { return loops_.size / kLoopValues; }
  size_t listeners() const { return listeners_.size / kListenerWords; }

  // A glance: when it was, then idle time and iterations of each loop, then each queue's length.
  bool isCalm(double at) {
    const size_t columns = 1 + 2 * loops() + listeners();
    if ((taken_ + 1) * columns > glances_.size) return false;
    double* row = glances_.data + taken_ * columns;
    row[0] = at;
    bool stands = false;
    return areLoopsCalm(at, row + 1, &stands) && areQueuesCalm(stands, row + 1 + 2 * loops());
  }
  bool areLoopsCalm(double at, double* row, bool* stands) {
    double seen[kLoopsAtMost * kLoopColumns];
    if (loops() > kLoopsAtMost || readLoops(seen, kLoopsAtMost) != loops()) return false;
    for (size_t i = 0; i < loops(); ++i) {
      double* loop = loops_.data + i * kLoopValues;
      const double* now = seen + i * kLoopColumns;
      if (now[kLoopId] != loop[kId]) return false;
      const bool still = now[kLoopIterations] == loop[kIterations] &&
                         now[kLoopIdleMs] - loop[kIdleMs] < kIdleNoiseMs;
      row[2 * i] = loop[kIdleMs] = now[kLoopIdleMs];
      row[2 * i + 1] = loop[kIterations] = now[kLoopIterations];
      if (!still) loop[kTurnedAt] = at;
      if (loop[kIsWaitedFor] == 0 || !still) continue;
      if (at - loop[kTurnedAt] >= late_) return false;
      *stands = true;
    }
    return true;
  }
  bool areQueuesCalm(bool stands, double* row) {
    for (size_t i = 0; i < listeners(); ++i) {
      uint32_t* words = listeners_.data + i * kListenerWords;
      const uint64_t cookie = words[kCookieLow] | static_cast<uint64_t>(words[kCookieHigh]) << 32;
      ListenerQueue queue = {};
      if (!readListenerQueue(static_cast<int>(words[kFd]), cookie, &queue)) return false;
      if (queue.drops != words[kDrops] || queue.limit != words[kLimit]) return false;
      if (queue.length >= words[kLongFrom] || (stands && queue.length > words[kLength]))
        return false;
      row[i] = words[kLength] = queue.length;
    }
    return true;
  }

  void wake() {
    const Napi::Env env = Env();
    const Napi::HandleScope scope(env);
    napi_value error = nullptr;
    napi_make_callback(env, nullptr, Value(), wake_.Value(), 0, nullptr, nullptr);
    // What is thrown there ends the thread as if a timer of Node's had thrown it.
    if (env.IsExceptionPending() && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
      napi_fatal_exception(env, error);
    }
  }

  Clock* clock_ = nullptr;
  Napi::FunctionReference wake_;
  static constexpr size_t kKept = 5;
  Napi::ObjectReference kept_[kKept];
  Span<uint32_t> listeners_ = {nullptr, 0};
  Span<double> loops_ = {nullptr, 0};
  Span<double> glances_ = {nullptr, 0};
  Files files_;
  uint64_t begun_ = 0;
  double every_ = 0;
  double until_ = 0;
  double held_ = 0;
  double late_ = 0;
  double interval_ = 0;
  double still_until_ = 0;
  double due_ = 0;
  uint32_t taken_ = 0;
};

}  // namespace

void exportQuietWatch(Napi::Env env, Napi::Object exports) {
  exports.Set("QuietWatch", QuietWatch::Define(env));
}

}  // namespace sockscope
