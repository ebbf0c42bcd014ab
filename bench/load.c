/* SPDX-License-Identifier: MIT */
/* Clients of the loops, in plain calls. Usage:
 *   load echo ROUNDS CONNECTIONS ACTIVE ADDRESS PORT SERVER
 *       ROUNDS times 64 bytes on each of the ACTIVE connections, the others are
 *       idle. Prints what the process SERVER has used then, unless that is 0:
 *       nanoseconds of CPU for each request, KiB of its own, descriptors
 *   load short N ADDRESS PORT
 *       N times: connect, 64 bytes, close */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 64, CONNECTIONS_MAX = 16384 };

static struct sockaddr_in at = {.sin_family = AF_INET};
static char bytes[4096];

static int dial(void) {
  int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return connect(s, (struct sockaddr *)&at, sizeof at) == 0 ? s : -1;
}

static int request(int s) {
  return send(s, bytes, BYTES, MSG_NOSIGNAL) == BYTES ? 0 : -1;
}

static int reply(int s) {
  return recv(s, bytes, BYTES, MSG_WAITALL) == BYTES ? 0 : -1;
}

/* The next begins when the server has closed the last one. */
static int short_lives(int n) {
  for (; n > 0; --n) {
    int s = dial();
    if (s < 0 || request(s) != 0 || reply(s) != 0 ||
        shutdown(s, SHUT_WR) != 0 || recv(s, bytes, 1, 0) != 0 ||
        close(s) != 0) {
      return 1;
    }
  }
  return 0;
}

static int connections[CONNECTIONS_MAX];

/* One round trip each, so that the server has accepted all. */
static int dial_all(int n) {
  for (int i = 0; i < n; ++i) {
    connections[i] = dial();
    if (connections[i] < 0 || request(connections[i]) != 0 ||
        reply(connections[i]) != 0) {
      return -1;
    }
  }
  return 0;
}

/* Each connection sends its next request when it has the last reply. */
static int exchange(int rounds, int active) {
  static struct epoll_event events[1024];
  int poller = epoll_create1(0);
  long replies = 0, requests = 0, all = (long)rounds * active;
  for (int i = 0; i < active; ++i, ++requests) {
    struct epoll_event e = {.events = EPOLLIN, .data.fd = connections[i]};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, connections[i], &e) != 0 ||
        request(connections[i]) != 0) {
      return -1;
    }
  }
  while (replies < all) {
    int n = epoll_wait(poller, events, 1024, -1);
    for (int i = 0; i < n; ++i, ++replies) {
      int s = events[i].data.fd;
      if (reply(s) != 0 || (requests < all && request(s) != 0)) {
        return -1;
      }
      requests += requests < all;
    }
  }
  return close(poller);
}

static double cpu_ns(int process) {
  clockid_t clock;
  struct timespec used = {0};
  if (clock_getcpuclockid(process, &clock) == 0) {
    clock_gettime(clock, &used);
  }
  return (double)used.tv_sec * 1e9 + (double)used.tv_nsec;
}

/* What is the process's own and no file's. It is counted page by page, where
 * other figures are summed up lazily. */
static long own_kib(int process) {
  char path[64], line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", process);
  FILE *f = fopen(path, "r");
  while (f != NULL && fgets(line, sizeof line, f) != NULL) {
    sscanf(line, "Anonymous: %ld", &kib);
  }
  if (f != NULL) {
    fclose(f);
  }
  return kib;
}

static int descriptors(int process) {
  char path[64];
  int n = 0;
  snprintf(path, sizeof path, "/proc/%d/fd", process);
  DIR *d = opendir(path);
  while (d != NULL && readdir(d) != NULL) {
    ++n;
  }
  if (d != NULL) {
    closedir(d);
  }
  return n - 2; /* "." and ".." */
}

static int echo(int rounds, int n, int active, int server) {
  if (n > CONNECTIONS_MAX || active > n || dial_all(n) != 0) {
    return 1;
  }
  double before = server > 0 ? cpu_ns(server) : 0;
  if (exchange(rounds, active) != 0) {
    return 1;
  }
  if (server > 0) {
    printf("%.0f %ld %d\n",
           (cpu_ns(server) - before) / ((double)rounds * active),
           own_kib(server), descriptors(server));
  }
  return 0; /* and all connections end */
}

int main(int argc, char **argv) {
  int where = argc == 8 ? 5 : 3;
  if ((argc != 8 && argc != 5) ||
      inet_pton(AF_INET, argv[where], &at.sin_addr) != 1) {
    return 2;
  }
  at.sin_port = htons((uint16_t)atoi(argv[where + 1]));
  int n = atoi(argv[2]);
  return argc == 8 && strcmp(argv[1], "echo") == 0
             ? echo(n, atoi(argv[3]), atoi(argv[4]), atoi(argv[7]))
         : argc == 5 && strcmp(argv[1], "short") == 0 ? short_lives(n)
                                                      : 2;
}
