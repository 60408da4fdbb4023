/* sock_diag(7) dumps: one request, its answer received and walked message by message. */
#include "raw.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel hands out 32 KiB at a time; more room gains nothing. */
static char buffer[32768] __attribute__((aligned(8)));

struct question {
  struct nlmsghdr head;
  struct inet_diag_req body; /* the older form: both families in one walk */
};

/* Sockets told, or -1. */
static int ask(int fd, const struct question *question) {
  if (send(fd, question, sizeof *question, 0) < 0) return -1;
  for (int sockets = 0;;) {
    ssize_t size = recv(fd, buffer, sizeof buffer, 0);
    if (size < 0) return -1;
    unsigned left = (unsigned)size;
    for (struct nlmsghdr *head = (void *)buffer; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
      if (head->nlmsg_type == NLMSG_DONE) return sockets;
      if (head->nlmsg_type == NLMSG_ERROR) return -1;
      sockets++;
    }
  }
}

/* (mask of states, mask of attributes, dumps) -> nanoseconds of one dump, and how many sockets it told: [ns, sockets] */
napi_value dump(napi_env env, napi_callback_info info) {
  napi_value values[3], out;
  arguments(env, info, values, 3);
  int dumps = integer(env, values[2]), sockets = 0;
  struct question question = {
      .head = {.nlmsg_len = sizeof question, .nlmsg_type = TCPDIAG_GETSOCK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
      .body = {.idiag_states = (uint32_t)integer(env, values[0]), .idiag_ext = (uint8_t)integer(env, values[1])},
  };
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  double began = cpu_ns();
  for (int i = 0; i < dumps; i++) sockets = ask(fd, &question);
  double each = (cpu_ns() - began) / dumps;
  close(fd);
  napi_create_array_with_length(env, 2, &out);
  napi_set_element(env, out, 0, number(env, each));
  napi_set_element(env, out, 1, number(env, sockets));
  return out;
}
