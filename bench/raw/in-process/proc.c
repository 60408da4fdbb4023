/* Files of /proc: kept open, read again with pread(2), every number parsed. */
#include "raw.h"

#include <fcntl.h>
#include <unistd.h>

static char buffer[1 << 16];
static double numbers[8192];

static int digit(char c, int base) {
  int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
  return value < base ? value : -1;
}

static int parse(const char *at, const char *end, int base) {
  int count = 0;
  while (at < end) {
    if (digit(*at, base) < 0 || (at > buffer && at[-1] != ' ' && at[-1] != '\n' && at[-1] != '-')) {
      at++;
      continue;
    }
    double value = 0;
    for (; at < end && digit(*at, base) >= 0; at++) value = value * base + digit(*at, base);
    if (count < 8192) numbers[count++] = value;
  }
  return count;
}

/* (path, base of its numbers, reads) -> nanoseconds of one read and parse, and how many numbers: [ns, numbers] */
napi_value proc_files(napi_env env, napi_callback_info info) {
  napi_value values[3], out;
  arguments(env, info, values, 3);
  char path[128];
  napi_get_value_string_utf8(env, values[0], path, sizeof path, NULL);
  int base = integer(env, values[1]), reads = integer(env, values[2]), count = 0;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  double began = cpu_ns();
  for (int i = 0; i < reads; i++) {
    ssize_t size = 0, part;
    while ((part = pread(fd, buffer + size, sizeof buffer - (size_t)size, size)) > 0) size += part;
    count = parse(buffer, buffer + size, base);
  }
  double each = (cpu_ns() - began) / reads;
  close(fd);
  napi_create_array_with_length(env, 2, &out);
  napi_set_element(env, out, 0, number(env, each));
  napi_set_element(env, out, 1, number(env, count));
  return out;
}
