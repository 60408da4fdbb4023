/* Rushes at listeners: each line of its standard input is `PORT COUNT`, so many connections at once, which nobody waits for.
 * One line answers with the moment at which it began (CLOCK_MONOTONIC, ms). A rush is given up when the 64th after it begins. */
#include "dial.h"

enum { KEPT = 64, MOST = 256 };

int main(void) {
  static int fds[KEPT][MOST];
  memset(fds, -1, sizeof fds);
  int port, count;
  unsigned long dialled = 0;
  for (int next = 0; scanf("%d %d", &port, &count) == 2; next = (next + 1) % KEPT) {
    if (count > MOST) return 2;
    for (int i = 0; i < MOST; i++) {
      if (fds[next][i] >= 0) close(fds[next][i]);
      fds[next][i] = -1;
    }
    double began = now_ms();
    for (int i = 0; i < count; i++) fds[next][i] = dial(dialled++, port, SOCK_NONBLOCK);
    printf("%.3f\n", began);
    fflush(stdout);
  }
  return 0;
}
