/* Opens connections one after the other and closes them: `churn PORT`.
 *
 * Each line of its standard input is a number: so many more, as fast as they go; one line answers with the ms that it took.
 * Some are open at any time, or the server would sleep between them. */
#include "dial.h"

enum { OPEN = 32 };

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int port = atoi(argv[1]), fds[OPEN];
  for (int i = 0; i < OPEN; i++) fds[i] = -1;
  char line[32];
  unsigned long dialled = 0;
  while (fgets(line, sizeof line, stdin)) {
    double began = now_ms();
    for (long left = atol(line); left > 0; left--, dialled++) {
      int *fd = &fds[dialled % OPEN];
      if (*fd >= 0) close(*fd);
      *fd = dial(dialled, port, 0);
    }
    printf("%.3f\n", now_ms() - began);
    fflush(stdout);
  }
  return 0;
}
