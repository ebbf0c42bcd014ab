/* SPDX-License-Identifier: MIT */
/* For ci/run/files.sh. Each line is what was seen, and its verdict. */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int failed;

static void verdict(bool good, const char *text) {
  printf("%-4s %s\n", good ? "ok" : "FAIL", text);
  fflush(stdout);
  failed += !good;
}

/* Every 64 MiB and at the end there is a line of text; the rest is a hole. */
enum { STEP = 64 << 20, LINE = 32 };

static void line_at(uint64_t at, char *line) {
  memset(line, 0, LINE);
  if (at % STEP == 0) {
    snprintf(line, LINE, "offset %llu", (unsigned long long)at);
  }
}

static int make_file(const char *name, uint64_t size) {
  int f = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  char line[LINE];
  if (f < 0 || ftruncate(f, (off_t)size) < 0) {
    return -1;
  }
  for (uint64_t at = 0; at < size; at += STEP) {
    line_at(at, line);
    if (pwrite(f, line, LINE, (off_t)at) != LINE) {
      return -1;
    }
  }
  unlink(name);
  return f;
}

/* Every byte, in pieces that divide STEP. Shared with the other process. */
typedef struct report {
  uint64_t got;
  int right, rc;
} report;

static void read_and_check(skt *s, report *r, int slow) {
  enum { PIECE = 1 << 16 };
  static char piece[PIECE];
  static const char zeros[PIECE];
  char line[LINE];
  size_t n;
  r->right = 1;
  do {
    r->rc = skt_read_all(s, piece, PIECE, &n);
    line_at(r->got, line);
    size_t head = n < LINE ? n : LINE;
    r->right &= memcmp(piece, line, head) == 0 &&
                memcmp(piece + head, zeros, n - head) == 0;
    r->got += n;
    if (slow && r->got % (1 << 20) == 0) {
      poll(NULL, 0, 1);
    }
  } while (r->rc == 0);
}

static pid_t connect_reader(skt *s, report *r, int slow) {
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
    if (rc == 0) read_and_check(&in, r, slow);
    _exit(rc < 0);
  }
  rc = skt_accept(&listener, s, NULL, 0);
  skt_close(&listener);
  return rc < 0 ? -1 : reader;
}

/* Changes the file's length while it is sent. */
static void change_length(int f, report *r, uint64_t when, uint64_t size) {
  volatile uint64_t *got = &r->got;
  while (*got < when) {
    poll(NULL, 0, 1);
  }
  _exit(ftruncate(f, (off_t)size) < 0);
}

static void try_file(const char *what, uint64_t size, uint64_t count,
                     uint64_t changed, int rc_wanted) {
  report *r = mmap(NULL, sizeof *r, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  skt s = SKT_NONE;
  uint64_t done = 0;
  char text[200];
  memset(r, 0, sizeof *r);
  int f = make_file("sent", size), status = -1;
  pid_t reader = connect_reader(&s, r, changed != size), changer = -1;
  if (changed != size && (changer = fork()) == 0) {
    skt_close(&s);
    change_length(f, r, 8 << 20, changed);
  }
  int rc = skt_send_file(&s, f, 0, count, &done);
  skt_close(&s);
  waitpid(reader, &status, 0);
  if (changer > 0) waitpid(changer, NULL, 0);
  snprintf(text, sizeof text, "%s: %s, %llu sent, %llu arrived, %s", what,
           skt_errname(rc), (unsigned long long)done,
           (unsigned long long)r->got,
           r->right ? "as they were" : "other bytes");
  uint64_t all = count == UINT64_MAX && changed > size ? changed : count;
  bool whole = rc_wanted == 0 ? done == all || count == UINT64_MAX
                              : done >= 8 << 20 && done < count;
  verdict(rc == rc_wanted && status == 0 && r->got == done && r->right && whole,
          text);
  close(f);
}

/* Starters; the one that has the path writes a byte. */
static void start(const skt_addr *at, int gate, int tell, int listens) {
  skt s = SKT_NONE;
  char byte = 'x';
  while (read(gate, &byte, 1) > 0) {
  }
  int rc = skt_socket(&s, SKT_UNIX, SKT_STREAM, 0);
  if (rc == 0) rc = skt_bind(&s, at, SKT_REPLACE_STALE);
  if (rc == 0 && listens) rc = skt_listen(&s, 0);
  byte = rc == 0 ? 'w' : rc == SKT_EADDRINUSE ? 'l' : '?';
  if (write(tell, &byte, 1) == 1) {
    pause(); /* until all have had their turn */
  }
  _exit(0);
}

static int round_of(const skt_addr *at, int n, int listens) {
  int gate[2], tell[2], won = 0, odd = 0;
  pid_t all[64];
  if (pipe(gate) < 0 || pipe(tell) < 0) {
    return -1;
  }
  for (int i = 0; i < n; ++i) {
    if ((all[i] = fork()) == 0) {
      close(gate[1]);
      start(at, gate[0], tell[1], listens);
    }
  }
  close(gate[0]);
  close(gate[1]); /* now */
  for (int i = 0; i < n; ++i) {
    char byte = '?';
    won += read(tell[0], &byte, 1) == 1 && byte == 'w';
    odd += byte == '?';
  }
  for (int i = 0; i < n; ++i) {
    kill(all[i], 9);
    waitpid(all[i], NULL, 0);
  }
  close(tell[0]);
  close(tell[1]);
  return odd > 0 ? -1 : won;
}

static void try_starters(int n, int rounds, int listens) {
  int one = 0, more = 0, none = 0, odd = 0;
  skt_addr at;
  char text[200];
  unlink("path");
  if (skt_addr_parse(&at, "unix:path") < 0) {
    return;
  }
  for (int i = 0; i < rounds; ++i) {
    int won = round_of(&at, n, listens);
    one += won == 1;
    more += won > 1;
    none += won == 0;
    odd += won < 0;
  }
  snprintf(text, sizeof text,
           "%d starters that %s, %d rounds: %d with one winner, %d with more, "
           "%d with none, %d odd",
           n, listens ? "listen" : "only bind", rounds, one, more, none, odd);
  verdict(one == rounds, text);
}

int main(void) {
  const uint64_t gib = 1 << 30;
  try_file("5 GiB", 5 * gib, 5 * gib, 5 * gib, 0);
  try_file("5 GiB to the end", 5 * gib, UINT64_MAX, 5 * gib, 0);
  try_file("cut to 4 MiB meanwhile", gib / 4, gib / 4, 4 << 20, SKT_ENODATA);
  try_file("grown meanwhile", gib / 4, gib / 4, gib / 2, 0);
  try_starters(50, 40, 0);
  try_starters(50, 40, 1);
  printf("%d failed\n", failed);
  return failed > 0;
}
