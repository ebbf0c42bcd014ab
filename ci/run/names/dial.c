/* SPDX-License-Identifier: MIT */
/* What ci/run/dial.sh runs: listen at every address, port 7000, and dial.
 * usage: dial TEXT TIMEOUT [COUNT]
 * The first line of the output is the peer or a code, the second the shortest
 * of COUNT times in milliseconds, the third how many descriptors are left. */
#include <skt.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int descriptors(void) {
  DIR *d = opendir("/proc/self/fd");
  int n = 0;
  while (readdir(d) != NULL) {
    ++n;
  }
  closedir(d);
  return n;
}

static int dial_once(const char *text, int timeout_ms, double *least,
                     char *peer) {
  skt s;
  skt_addr at;
  double start = now_ms();
  int rc = skt_dial(&s, text, SKT_STREAM, timeout_ms, NULL);
  double took = now_ms() - start;
  *least = took < *least ? took : *least;
  if (rc == 0 && skt_peer(&s, &at) == 0) {
    skt_addr_format(&at, peer, SKT_ADDR_TEXT_MAX);
  }
  skt_close(&s);
  return rc;
}

int main(int argc, char **argv) {
  char peer[SKT_ADDR_TEXT_MAX] = "";
  double least = 1e9;
  skt listener;
  int rc = skt_listen_at(&listener, ":7000", 0, 0);
  if (argc < 3 || rc < 0) {
    printf("%s\n", rc < 0 ? skt_strerror(rc) : "usage");
    return 1;
  }
  int before = descriptors();
  for (int i = argc > 3 ? atoi(argv[3]) : 1; i > 0; --i) {
    rc = dial_once(argv[1], atoi(argv[2]), &least, peer);
  }
  printf("%s\n%.0f\n", rc < 0 ? skt_errname(rc) : peer, least);
  printf("%d\n", descriptors() - before);
  skt_close(&listener);
  return 0;
}
