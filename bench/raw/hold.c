/* Holds connections over loopback that do nothing, until its standard input ends.
 *
 *   hold [-n CONNECTIONS] [-t PORT] [-q PENDING] [-b BACKLOG]
 *
 * Both ends of each connection are held here, or with -t only the client end, to that port of 127.0.0.1. One process holds as
 * many as its descriptor limit allows, further ones go to further processes. Clients dial from a new address of 127/8 every
 * 8,000 connections, so that ephemeral ports never run out. -q opens connections to a second listener that never accepts.
 * When all stand, one line of JSON tells the ports. Everything closes with RST: nothing stays in TIME-WAIT. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void die(const char *what) {
  fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
  exit(1);
}

static struct sockaddr_in address(uint32_t host, int port) {
  struct sockaddr_in out = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)};
  return out;
}

static void reset_on_close(int fd) {
  struct linger linger = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static int listen_on(int backlog, int *port) {
  struct sockaddr_in own = address(INADDR_LOOPBACK, 0);
  socklen_t size = sizeof own;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (void *)&own, size) || listen(fd, backlog)) die("listen");
  getsockname(fd, (void *)&own, &size);
  *port = ntohs(own.sin_port);
  return fd;
}

static int dial(uint32_t from, int port, int flags) {
  struct sockaddr_in own = address(from, 0), peer = address(INADDR_LOOPBACK, port);
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  if (fd < 0) die("socket");
  reset_on_close(fd);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(fd, (void *)&own, sizeof own)) die("bind");
  if (connect(fd, (void *)&peer, sizeof peer) && errno != EINPROGRESS) die("connect");
  return fd;
}

static void on_lost_child(int signal) {
  (void)signal;
  _exit(1);
}

/* A child that holds `count` ends; one byte tells the parent that they stand. */
static pid_t hold_ends(int listener, int port, int count, int part, int ready) {
  pid_t child = fork();
  if (child < 0) die("fork");
  if (child > 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < count; i++) {
    if (listener < 0) {
      dial(0x7f000002 + (uint32_t)part * 256 + (uint32_t)(i / 8000), port, 0);
    } else {
      int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
      if (fd < 0) die("accept");
      reset_on_close(fd);
    }
  }
  if (write(ready, "x", 1) != 1) die("write");
  for (;;) pause();
}

static int raise_limit(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur > 1 << 20 ? 1 << 20 : (int)limit.rlim_cur;
}

int main(int argc, char **argv) {
  int connections = 0, target = 0, pending = 0, backlog = 511, option;
  while ((option = getopt(argc, argv, "n:t:q:b:")) != -1) {
    if (option == 'n') connections = atoi(optarg);
    else if (option == 't') target = atoi(optarg);
    else if (option == 'q') pending = atoi(optarg);
    else if (option == 'b') backlog = atoi(optarg);
    else return 2;
  }
  int room = raise_limit() - 64, port = target, pending_port, ready[2], ends = 0;
  pid_t children[2 * (connections / room + 1)];
  int listener = target ? -1 : listen_on(4096, &port);
  listen_on(backlog, &pending_port);
  if (pipe(ready)) die("pipe");
  signal(SIGCHLD, on_lost_child);
  for (int part = 0; part * room < connections; part++) {
    int count = connections - part * room < room ? connections - part * room : room;
    if (!target) children[ends++] = hold_ends(listener, port, count, part, ready[1]);
    children[ends++] = hold_ends(-1, port, count, part, ready[1]);
  }
  char byte;
  for (int i = 0; i < ends; i++)
    if (read(ready[0], &byte, 1) != 1) die("read");
  /* Those beyond the backlog stay in SYN-SENT. */
  for (int i = 0; i < pending; i++) dial(INADDR_LOOPBACK, pending_port, SOCK_NONBLOCK);
  printf("{\"port\":%d,\"pendingPort\":%d}\n", port, pending_port);
  fflush(stdout);
  while (read(0, &byte, 1) > 0) {}
  signal(SIGCHLD, SIG_DFL);
  for (int i = 0; i < ends; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) {}
  return 0;
}
