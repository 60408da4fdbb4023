/* Connections to a server on 127.0.0.1 that close with RST, so that nothing stays in TIME-WAIT. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Of the clock that process.hrtime() reads, in ms. */
static double now_ms(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

/* `number` counts the connections of this process: every 8,000 dial from another address of 127/8, so that ports do not run out. */
static int dial(unsigned long number, int port, int flags) {
  uint32_t from = 0x7f000002 + (uint32_t)(number / 8000 % 60000);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(from)};
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct linger linger = {1, 0};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(fd, (void *)&own, sizeof own)) die("bind");
  if (connect(fd, (void *)&peer, sizeof peer) && errno != EINPROGRESS) die("connect");
  return fd;
}
