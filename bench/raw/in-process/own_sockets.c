/* Readings of own sockets: the bare system calls, into one row of bytes a socket. */
#include "raw.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { COOKIE = 1, INFO = 2, MEMORY = 4, INQ = 8, OUTQ = 16, NOT_SENT = 32, COOKIE_AGAIN = 64 };

struct row {
  uint64_t cookie, cookie_again;
  int inq, outq, not_sent, unused;
  uint32_t memory[16];
  uint8_t info[400];
};

static void get(int fd, int level, int name, void *into, socklen_t size) { getsockopt(fd, level, name, into, &size); }

static void read_row(int fd, int calls, struct row *row) {
  if (calls & COOKIE) get(fd, SOL_SOCKET, SO_COOKIE, &row->cookie, sizeof row->cookie);
  if (calls & INFO) get(fd, IPPROTO_TCP, TCP_INFO, row->info, sizeof row->info);
  if (calls & MEMORY) get(fd, SOL_SOCKET, SO_MEMINFO, row->memory, sizeof row->memory);
  if (calls & INQ) ioctl(fd, SIOCINQ, &row->inq);
  if (calls & OUTQ) ioctl(fd, SIOCOUTQ, &row->outq);
  if (calls & NOT_SENT) ioctl(fd, SIOCOUTQNSD, &row->not_sent);
  if (calls & COOKIE_AGAIN) get(fd, SOL_SOCKET, SO_COOKIE, &row->cookie_again, sizeof row->cookie_again);
}

/* (descriptors: Int32Array, calls: mask of the above, passes) -> nanoseconds of one pass over all of them */
napi_value own_sockets(napi_env env, napi_callback_info info) {
  static struct row *rows;
  static size_t room;
  napi_value values[3];
  arguments(env, info, values, 3);
  size_t count = 0;
  void *memory = NULL;
  napi_get_typedarray_info(env, values[0], NULL, &count, &memory, NULL, NULL);
  const int *fds = memory;
  int calls = integer(env, values[1]), passes = integer(env, values[2]);
  if (count > room) {
    free(rows);
    rows = calloc(count, sizeof *rows);
    room = count;
  }
  double began = cpu_ns();
  for (int pass = 0; pass < passes; pass++)
    for (size_t i = 0; i < count; i++) read_row(fds[i], calls, &rows[i]);
  return number(env, (cpu_ns() - began) / passes);
}
