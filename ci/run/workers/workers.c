/* SPDX-License-Identifier: MIT */
/* A parent, its workers, and pairs by the thousand; run by ci/run/workers.sh.
 *
 *   workers serve COUNT   hand over so many connections to four workers, of
 *                         which each answers its client
 *   workers kill COUNT    the same, but half of the answers wait until all
 *                         connections are handed over, and one worker is killed
 *   workers pairs COUNT   make and close pairs
 *   workers alone COUNT   give this process itself sockets; POSIX only
 *   workers attacked COUNT  make pairs, and see that no stranger is in one
 *
 * Prints a line of figures. Exit code: 0 as it should be. */
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kill.h"

enum { WORKERS = 4, CLIENTS_MAX = 2000, LINE = 12, LIMIT_MS = 30000 };

typedef struct worker {
  spawned process;
  skt channel;
} worker;

static worker workers[WORKERS];
static skt clients[CLIENTS_MAX];

static double clock_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int complain(const char *what, int rc) {
  printf("%s: %s (%s)\n", what, skt_errname(rc), skt_strerror(rc));
  return rc;
}

/* What eight new sockets get at most, as in tests/peer.c. */
static unsigned long long highest(void) {
  skt s[8] = SKT_NONE;
  unsigned long long most = 0;
  for (int i = 0; i < 8; ++i) {
    skt_socket(&s[i], SKT_IPV4, SKT_STREAM, 0);
    most = skt_native(&s[i]) > most ? skt_native(&s[i]) : most;
  }
  for (int i = 0; i < 8; ++i) {
    skt_close(&s[i]);
  }
  return most;
}

/* A request is "a" for an answer at once, or "h", and the client's number; the
 * answer begins with "y". */
static int answer(skt *client, char *line) {
  line[0] = 'y';
  return skt_write_all(client, line, LINE, NULL);
}

static int work(const char *number, const char *kind) {
  static skt held[CLIENTS_MAX];
  static char lines[CLIENTS_MAX][LINE];
  int n = 0, rc, status = 0;
  skt inherited, parent, s;
  skt_adopt(&inherited, (uintptr_t)strtoull(number, NULL, 10), atoi(kind));
  if ((rc = skt_duplicate(&inherited, &parent)) < 0) {
    return complain("duplicate", rc) != 0;
  }
  skt_close(&inherited);
  while ((rc = skt_receive_socket(&parent, &s)) == 0) {
    rc = skt_read_all(&s, lines[n], LINE, NULL);
    if (rc == 0 && lines[n][0] == 'h') {
      held[n++] = s;
    } else {
      status |= rc < 0 || answer(&s, lines[n]) < 0;
      skt_close(&s);
    }
  }
  status |= rc != SKT_ENODATA;
  while (n-- > 0) {
    status |= answer(&held[n], lines[n]) < 0;
    skt_close(&held[n]);
  }
  return status;
}

static int start_worker(const char *program, worker *w) {
  char number[24], kind[16];
  const char *arguments[] = {program, "work", number, kind, NULL};
  skt end;
  int rc = skt_pair(&w->channel, &end, SKT_STREAM);
  snprintf(number, sizeof number, "%llu", (unsigned long long)skt_native(&end));
  snprintf(kind, sizeof kind, "%d", skt_kind(&end));
  rc = rc < 0 ? rc : skt_inherit(&end, true);
  rc = rc < 0 || spawn(&w->process, arguments) ? rc : SKT_EIO;
  skt_close(&end);
  return rc;
}

/* A client connects and writes its request, and a worker gets the connection.
 */
static int hand_over(skt *listener, const skt_addr *at, int i, bool hold) {
  char line[LINE] = "";
  skt server = SKT_NONE;
  snprintf(line, sizeof line, "%c%08d", hold && i % 2 == 1 ? 'h' : 'a', i);
  int rc = skt_socket(&clients[i], SKT_IPV4, SKT_STREAM, 0);
  rc = rc < 0 ? rc : skt_connect(&clients[i], at);
  rc = rc < 0 ? rc : skt_set_limit(&clients[i], SKT_BOTH, LIMIT_MS);
  rc = rc < 0 ? rc : skt_write_all(&clients[i], line, LINE, NULL);
  rc = rc < 0 ? rc : skt_accept(listener, &server, NULL, 0);
  rc =
      rc < 0 ? rc : skt_send_socket(&workers[i / 2 % WORKERS].channel, &server);
  skt_close(&server);
  return rc;
}

/* Whether the client has its own answer, and then the end. */
static bool is_answered(int i) {
  char line[LINE + 1] = "", wanted[LINE] = "", byte;
  snprintf(wanted, sizeof wanted, "y%08d", i);
  bool good = skt_read_all(&clients[i], line, LINE, NULL) == 0 &&
              strcmp(line, wanted) == 0 && skt_read(&clients[i], &byte, 1) == 0;
  skt_close(&clients[i]);
  return good;
}

static int serve(const char *program, int count, bool kill_one) {
  skt listener = SKT_NONE;
  skt_addr at;
  int rc = skt_listen_at(&listener, "127.0.0.1:0", 0, 0);
  int answered = 0, wrong = 0, bad_workers = 0;
  rc = rc < 0 ? rc : skt_local(&listener, &at);
  for (int i = 0; rc == 0 && i < WORKERS; ++i) {
    rc = start_worker(program, &workers[i]);
  }
  double start = clock_ms();
  for (int i = 0; rc == 0 && i < count; ++i) {
    rc = hand_over(&listener, &at, i, kill_one);
  }
  double ms = clock_ms() - start;
  if (rc < 0) {
    return complain("hand over", rc) != 0;
  }
  for (int i = 0; i < count; i += 2) { /* those at once; the killed one's too */
    answered += is_answered(i);
  }
  if (kill_one) {
    kill_process(&workers[2].process);
  }
  for (int i = 0; i < WORKERS; ++i) {
    skt_close(&workers[i].channel);
    int code = spawn_wait(&workers[i].process);
    bad_workers += (code != 0) != (kill_one && i == 2);
  }
  for (int i = 1; i < count; i += 2) {
    bool good = is_answered(i), lost = kill_one && i / 2 % WORKERS == 2;
    answered += good;
    wrong += good == lost;
  }
  printf("%d of %d answered, %d wrong, %d workers ended badly; %.0f us each\n",
         answered, count, wrong, bad_workers, ms * 1e3 / count);
  return answered + (kill_one ? count / 8 : 0) != count || wrong > 0 ||
         bad_workers > 0;
}

/* What a system opens at the first use of something is no leak. */
static void warm_up(void) {
  for (int i = 0; i < 8; ++i) {
    skt a, b;
    skt_pair(&a, &b, i % 2 == 0 ? SKT_STREAM : SKT_DATAGRAM);
    skt_close(&a);
    skt_close(&b);
  }
}

static int pairs(int count) {
  warm_up();
  unsigned long long before = highest();
  double start = clock_ms();
  for (int i = 0; i < count; ++i) {
    skt a, b;
    int rc = skt_pair(&a, &b, i % 2 == 0 ? SKT_STREAM : SKT_DATAGRAM);
    if (rc < 0) {
      return complain("pair", rc) != 0;
    }
    skt_close(&a);
    skt_close(&b);
  }
  double ms = clock_ms() - start;
  unsigned long long after = highest();
  printf("%d pairs, %.1f us each; highest handle %llu before, %llu after\n",
         count, ms * 1e3 / count, before, after);
  return after > before;
}

/* No other side has to answer, on POSIX. */
static int alone(int count) {
  skt a, b, s;
  int rc = skt_pair(&a, &b, SKT_STREAM);
  for (int i = 0; rc == 0 && i < count; ++i) {
    rc = skt_send_socket(&a, &b);
    rc = rc < 0 ? rc : skt_receive_socket(&b, &s);
    skt_close(&s);
  }
  return rc < 0;
}

/* Each end gets what the other has written, and nothing else. */
static bool is_clean(skt *from, skt *to) {
  char got[64];
  return skt_write(from, "mine", 4) == 4 &&
         skt_wait(to, SKT_READ, LIMIT_MS, NULL) == SKT_READ &&
         skt_read(to, got, sizeof got) == 4 && memcmp(got, "mine", 4) == 0 &&
         skt_wait(to, SKT_READ, 0, NULL) == 0;
}

static int attacked(int count) {
  int failed = 0, dirty = 0;
  warm_up();
  unsigned long long before = highest();
  for (int i = 0; i < count; ++i) {
    skt a, b;
    if (skt_pair(&a, &b, i % 2 == 0 ? SKT_STREAM : SKT_DATAGRAM) < 0) {
      ++failed;
      continue;
    }
    dirty += !is_clean(&a, &b) || !is_clean(&b, &a);
    skt_close(&a);
    skt_close(&b);
  }
  unsigned long long after = highest();
  printf("%d pairs, %d failed, %d with foreign data, %lld handles more\n",
         count, failed, dirty,
         after > before ? (long long)(after - before) : 0);
  return failed + dirty > 0 || after > before;
}

int main(int argc, char **argv) {
  int count = argc > 2 ? atoi(argv[2]) : 0;
  const char *word = argc > 2 ? argv[1] : "";
  if (argc == 4 && strcmp(word, "work") == 0) {
    return work(argv[2], argv[3]);
  }
  if (count > 0 && count % 8 == 0 && strcmp(word, "pairs") == 0) {
    return pairs(count);
  }
  if (count > 0 && strcmp(word, "alone") == 0) {
    return alone(count);
  }
  if (count > 0 && strcmp(word, "attacked") == 0) {
    return attacked(count);
  }
  if (count > 0 && count <= CLIENTS_MAX && count % 8 == 0) {
    return serve(argv[0], count, strcmp(word, "kill") == 0);
  }
  fprintf(stderr, "usage: workers serve|kill|pairs|alone|attacked COUNT\n");
  return 2;
}
