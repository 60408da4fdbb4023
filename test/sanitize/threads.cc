// What the addon does from several threads at once, for ThreadSanitizer: the registry of loops
// (added, read, removed, their memory given back), readings of a socket that another thread uses,
// writes, helper threads for a namespace. Node itself is not built with it: libuv's three functions
// stand in here, so that every access is seen.
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <uv.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "kernel/fd_walk.hh"
#include "kernel/listener_queue.hh"
#include "kernel/netlink.hh"
#include "kernel/netns.hh"
#include "kernel/socket_query.hh"
#include "kernel/write_now.hh"
#include "napi/loop_registry.hh"

extern "C" {
// As libuv has them: the loop's memory is read.
uint64_t uv_metrics_idle_time(uv_loop_t* loop) {
  return reinterpret_cast<std::atomic<uint64_t>*>(&loop->internal_fields)->load();
}
int uv_metrics_info(uv_loop_t* loop, uv_metrics_t* metrics) {
  metrics->loop_count = uv_metrics_idle_time(loop);
  return 0;
}
int uv_backend_fd(const uv_loop_t* loop) { return loop->backend_fd; }
}

namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 5000;
std::atomic<uint64_t> operations{0};
int sockets[2];

void expect(bool held, const char* what) {
  if (held) return;
  fprintf(stderr, "threads: %s\n", what);
  abort();
}

// An environment: its loop is registered, runs, and is gone.
void loops(int thread) {
  for (int round = 0; round < kRounds; ++round) {
    auto* loop = new uv_loop_t();
    auto* entry = new sockscope::LoopEntry();
    loop->backend_fd = thread;
    const uint32_t id = sockscope::addLoop(entry, loop, thread, thread);
    expect(id == sockscope::addLoop(entry, loop, thread, thread), "an entry is registered twice");
    reinterpret_cast<std::atomic<uint64_t>*>(&loop->internal_fields)->fetch_add(1);
    sockscope::removeLoop(entry);
    sockscope::removeLoop(entry);
    delete entry;
    delete loop;
    operations += 5;
  }
}

void readers(int) {
  double rows[2 * sockscope::kLoopColumns];
  for (int round = 0; round < kRounds; ++round) {
    const uint32_t count = sockscope::readLoops(rows, 2);
    expect(count <= kThreads, "more loops than were registered");
    ++operations;
  }
}

void sockets_(int) {
  sockscope::FdWalk walk;
  std::vector<sockscope::SocketRow> rows(8);
  std::vector<sockscope::FdCookie> cookies(8);
  for (int round = 0; round < kRounds / 10; ++round) {
    sockscope::readSocket(sockets[0], 0xffff, rows.data());
    walk.walk(0xffff, false, rows.data(), 8);
    walk.cookies(cookies.data(), 8);
    sockscope::ListenerQueue queue = {};
    expect(!sockscope::readListenerQueue(sockets[0], 1, &queue), "a unix socket has a queue");
    operations += 4;
  }
}

void writers(int) {
  char byte = 1;
  for (int round = 0; round < kRounds; ++round) {
    static_cast<void>(sockscope::writeNow(sockets[0], &byte, 1));
    static_cast<void>(recv(sockets[1], &byte, 1, MSG_DONTWAIT));
    operations += 2;
  }
}

// As addon/napi/netlink.cc does it: a thread that goes there, opens, and ends.
void namespaces(int) {
  char text[64];
  for (int round = 0; round < kRounds / 50; ++round) {
    sockscope::Result<sockscope::NetlinkSocket> opened =
        sockscope::Result<sockscope::NetlinkSocket>::failed(1, "");
    std::thread helper([&] { opened = sockscope::NetlinkSocket::openIn(getpid(), 4); });
    helper.join();
    std::thread reader([&] {
      static_cast<void>(
          sockscope::readInNetnsOf(getpid(), "/proc/sys/net/core/somaxconn", text, sizeof(text)));
    });
    reader.join();
    operations += 2;
  }
}

}  // namespace

int main() {
  expect(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0, "socketpair");
  std::vector<std::thread> threads;
  for (auto* work : {loops, readers, sockets_, writers, namespaces})
    for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  double rows[sockscope::kLoopColumns];
  expect(sockscope::readLoops(rows, 1) == 0, "a loop is left");
  printf("threads: %zu threads, %llu operations\n", threads.size(),
         static_cast<unsigned long long>(operations.load()));
  return 0;
}
