/* SPDX-License-Identifier: MIT */
/* The CPU time of sending a file: by skt_send_file, by sendfile, by reading and
 * writing. ci/measure/file_bench.sh judges, ci/measure/file_costs.sh counts.
 * Usage: file_times ROUNDS      prints file WAY ROUND NANOSECONDS of 1 GiB over
 *                               loopback, to a process that discards it
 *        file_times WAY N MODE  sends a file of 100,000 bytes, of which MODE is
 *                               "small" for a 4,096th, "pending" for a thread
 *                               that blocks SIGPIPE, N times */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 65536 };

static skt out;
static int file;
static char place[PIECE];

static int by_skt(uint64_t n) {
  uint64_t done;
  return skt_send_file(&out, file, 0, n, &done) < 0 || done != n;
}

static int by_sendfile(uint64_t n) {
  off_t at = 0;
  while ((uint64_t)at < n) {
    if (sendfile((int)skt_native(&out), file, &at, n - (uint64_t)at) <= 0) {
      return 1;
    }
  }
  return 0;
}

static int by_pieces(uint64_t n, size_t piece) {
  for (uint64_t at = 0; at < n; at += piece) {
    size_t part = n - at < piece ? (size_t)(n - at) : piece;
    if (pread(file, place, part, (off_t)at) != (ssize_t)part ||
        send((int)skt_native(&out), place, part, MSG_NOSIGNAL) !=
            (ssize_t)part) {
      return 1;
    }
  }
  return 0;
}

static int by_copy(uint64_t n) { return by_pieces(n, 16384); }

static int by_large_copy(uint64_t n) { return by_pieces(n, PIECE); }

static const struct way {
  const char *name;
  int (*send)(uint64_t n);
} ways[] = {{"sendfile", by_sendfile},
            {"skt", by_skt},
            {"copy", by_copy},
            {"large", by_large_copy}};
enum { WAYS = sizeof ways / sizeof *ways };

/* A process that reads, and ends with the connection. */
static pid_t connect_reader(void) {
  skt listener = SKT_NONE, in = SKT_NONE;
  skt_addr at;
  int rc = skt_addr_parse(&at, "127.0.0.1:0");
  if (rc == 0) rc = skt_socket(&listener, SKT_IPV4, SKT_STREAM, 0);
  if (rc == 0) rc = skt_bind(&listener, &at, 0);
  if (rc == 0) rc = skt_listen(&listener, 0);
  if (rc == 0) rc = skt_local(&listener, &at);
  pid_t reader = rc == 0 ? fork() : -1;
  if (reader == 0) {
    rc = skt_socket(&in, SKT_IPV4, SKT_STREAM, 0);
    if (rc == 0) rc = skt_connect(&in, &at);
    const int native = (int)skt_native(&in);
    while (rc == 0 && read(native, place, sizeof place) > 0) {
    }
    _exit(rc < 0);
  }
  if (reader > 0 && skt_accept(&listener, &out, NULL, 0) < 0) {
    return -1;
  }
  skt_close(&listener);
  return reader;
}

static int make_file(const char *name, uint64_t size) {
  file = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  unlink(name);
  return file < 0 || ftruncate(file, (off_t)size) < 0;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int time_all(int rounds, uint64_t size) {
  for (int round = -1; round < rounds; ++round) { /* the first warms up */
    for (int i = 0; i < WAYS; ++i) {
      const struct way *way = &ways[(i + round + 1) % WAYS];
      double start = now();
      if (way->send(size)) {
        return 1;
      }
      if (round >= 0) {
        printf("file %s %d %.0f\n", way->name, round, now() - start);
      }
    }
  }
  return 0;
}

static int count(const char *name, int n, const char *mode) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  if (strcmp(mode, "pending") == 0) {
    sigprocmask(SIG_BLOCK, &set, NULL);
  }
  uint64_t size = strcmp(mode, "small") == 0 ? 4096 : 100000;
  for (int i = 0; i < WAYS * n; ++i) {
    const struct way *way = &ways[i % WAYS];
    if (strcmp(way->name, name) == 0 && way->send(size)) {
      return 1;
    }
  }
  return 0;
}

int main(int argc, char **argv) {
  const uint64_t size = argc == 2 ? (uint64_t)1 << 30 : 100000;
  int status = 0;
  if (argc != 2 && argc != 4) {
    return 2;
  }
  pid_t reader = connect_reader();
  if (reader < 0 || make_file("build/bench-file", size)) {
    return 2;
  }
  int rc = argc == 2 ? time_all(atoi(argv[1]), size)
                     : count(argv[1], atoi(argv[2]), argv[3]);
  skt_close(&out);
  waitpid(reader, &status, 0);
  return rc | status;
}
