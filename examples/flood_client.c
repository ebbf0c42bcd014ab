/* SPDX-License-Identifier: MIT */
#include "flood.h"
#include "seconds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  DIAL_MS = 5000,
  ANSWER_MS = 250, /* how long to wait before asking again */
  ANSWER_TRIES = 20,
  ECHO_MS = 1000, /* an echo that has not come by then is lost */
  PAUSE_MS = 10   /* the longest, so that Ctrl-C is seen */
};

typedef struct client {
  const flood *f;
  skt socket;
  uint32_t run;
  uint64_t sent, calls;
  double started, ended;
  double least, most, sum; /* of the round trips */
  double shown;            /* when the last line was printed */
  uint64_t shown_sent;
  counts echo; /* with --echo */
  char peer[SKT_ADDR_TEXT_MAX];
  unsigned char *bytes; /* of a batch */
  skt_message *messages;
  unsigned char answer[LONGEST];
} client;

static uint64_t microseconds_now(void) {
  return (uint64_t)(seconds_now() * 1e6);
}

/* Receive what the server sent for this run. Returns its length, or a code. */
static ptrdiff_t receive_one(client *c, header *h) {
  ptrdiff_t n = skt_read(&c->socket, c->answer, sizeof c->answer);
  if (n < 0) {
    return n;
  }
  bool ours = header_read(c->answer, (size_t)n, h) && h->run == c->run;
  return ours ? n : 0;
}

/*
 * Control: ask until the answer comes
 */

static int wait_for(client *c, int kind) {
  header h;
  double until = seconds_now() + ANSWER_MS / 1e3;
  while (seconds_now() < until) {
    ptrdiff_t n = receive_one(c, &h);
    if (n < 0) {
      return (int)n;
    }
    if (n == CONTROL_BYTES && h.kind == kind) {
      return 0;
    }
  }
  return SKT_ETIMEDOUT;
}

/* A server that is not there yet, or that Wine has not started yet, refuses. */
static bool may_change(int code) {
  return code == SKT_ETIMEDOUT || code == SKT_ECONNREFUSED;
}

static int ask(client *c, int kind, int answer) {
  unsigned char question[CONTROL_BYTES] = {0};
  int rc = skt_set_limit(&c->socket, SKT_READ, ANSWER_MS);
  for (int i = 0; rc == 0 && i < ANSWER_TRIES; ++i) {
    header h = {kind, c->run, c->sent, microseconds_now()};
    header_write(question, &h);
    ptrdiff_t n = skt_write(&c->socket, question, sizeof question);
    rc = n < 0 ? (int)n : wait_for(c, answer);
    if (rc == 0) {
      return 0;
    }
    if (rc == SKT_ECONNREFUSED) { /* which comes at once */
      skt_wait(&c->socket, SKT_READ, ANSWER_MS, NULL);
    }
    rc = may_change(rc) && i + 1 < ANSWER_TRIES ? 0 : rc;
  }
  return rc;
}

/*
 * Send
 */

/* All bytes of a datagram after its header stay as they are: zero. */
static void fill(client *c) {
  header h = {c->f->echoes ? PING : DATA, c->run, c->sent, microseconds_now()};
  for (int i = 0; i < c->f->batch; ++i) {
    unsigned char *bytes = c->bytes + (size_t)i * (size_t)c->f->length;
    header_write(bytes, &h);
    ++h.number;
    c->messages[i] = (skt_message){.data = bytes, .n = (size_t)c->f->length};
  }
}

static int send_batch(client *c) {
  size_t sent = 0;
  fill(c);
  int rc = skt_send(&c->socket, c->messages, (size_t)c->f->batch, &sent);
  c->sent += sent;
  ++c->calls;
  return rc == SKT_ETIMEDOUT || rc == SKT_ENOBUFS ? 0 : rc; /* later, then */
}

/* Seconds until the rate allows the next batch. */
static double too_early(const client *c) {
  double bits = (double)c->sent * c->f->length * 8;
  return c->f->rate > 0 ? c->started + bits / c->f->rate - seconds_now() : 0;
}

/* Nothing but late echoes can arrive meanwhile, which are read and dropped. */
static int pause_a_little(client *c, double seconds) {
  int ms = seconds * 1e3 < PAUSE_MS ? (int)(seconds * 1e3) : PAUSE_MS;
  int rc = skt_wait(&c->socket, SKT_READ, ms > 0 ? ms : 1, NULL);
  if (rc > 0) {
    header h;
    ptrdiff_t n = receive_one(c, &h);
    rc = n < 0 ? (int)n : 0;
  }
  return rc;
}

/*
 * Round trips
 */

static void note_trip(client *c, double seconds) {
  c->least = c->sum == 0 || seconds < c->least ? seconds : c->least;
  c->most = seconds > c->most ? seconds : c->most;
  c->sum += seconds;
}

/* Wait for the echo of all that was sent. */
static int gather_echo(client *c) {
  header h;
  double until = seconds_now() + ECHO_MS / 1e3;
  while (c->echo.next < c->sent && seconds_now() < until && !interrupted()) {
    ptrdiff_t n = receive_one(c, &h);
    if (n < 0) {
      return n == SKT_ETIMEDOUT ? 0 : (int)n;
    }
    if (n > 0 && h.kind == PONG && h.number < c->sent) {
      double now = seconds_now();
      counts_take(&c->echo, &h, (size_t)n, now);
      ++c->echo.calls;
      note_trip(c, now - (double)h.time / 1e6);
    }
  }
  return 0;
}

/*
 * The run
 */

static void show_each_second(client *c) {
  double now = seconds_now(), took = now - c->shown;
  if (took >= 1) {
    uint64_t n = c->sent - c->shown_sent;
    print_second(c->f, now - c->started, n, n * (uint64_t)c->f->length, took);
    c->shown = now;
    c->shown_sent = c->sent;
  }
}

static bool is_over(const client *c) {
  return interrupted() ||
         (c->f->seconds > 0 && seconds_now() - c->started >= c->f->seconds);
}

static int run(client *c) {
  int rc = skt_set_limit(&c->socket, SKT_BOTH, ECHO_MS);
  c->started = c->shown = seconds_now();
  while (rc == 0 && !is_over(c)) {
    double early = too_early(c);
    if (early > 0) {
      rc = pause_a_little(c, early);
    } else {
      rc = send_batch(c);
    }
    if (rc == 0 && early <= 0 && c->f->echoes) {
      rc = gather_echo(c);
    }
    show_each_second(c);
  }
  c->ended = seconds_now();
  return rc;
}

static void report(client *c) {
  const flood *f = c->f;
  int trains = 0;
  result r;
  double seconds = c->ended - c->started;
  double rate = (double)c->sent * f->length * 8 / seconds;
  result_read(c->answer + HEADER_BYTES, &r);
  if (f->echoes) {
    result_take(&r, &c->echo);
  }
  skt_get_option(&c->socket, SKT_OPT_SEND_TRAINS, &trains);
  double mean = r.received > 0 ? c->sum / (double)r.received : 0;
  printf(f->json ? "{\"role\": \"client\", \"peer\": \"%s\", \"length\": %d, "
                   "\"batch\": %d, \"trains\": %s, \"sent\": %llu, "
                   "\"calls_sent\": %llu, \"seconds\": %.6f, "
                   "\"bits_per_second\": %.0f, "
                 : "to %s, %d bytes each, %d a call, trains: %s\n"
                   "sent %llu datagrams in %llu calls in %.2f s: %.0f bit/s\n",
         c->peer, f->length, f->batch, trains == 1 ? "true" : "false",
         (unsigned long long)c->sent, (unsigned long long)c->calls, seconds,
         rate);
  print_result(f, &r, c->sent);
  if (f->echoes) {
    printf(f->json ? ", \"round_trip_ms\": {\"least\": %.6f, \"mean\": %.6f, "
                     "\"most\": %.6f}"
                   : "round trip: least %.3f ms, mean %.3f ms, most %.3f ms\n",
           c->least * 1e3, mean * 1e3, c->most * 1e3);
  }
  printf("%s", f->json ? "}\n" : "");
}

static int open_client(client *c) {
  skt_addr peer;
  int rc = skt_dial(&c->socket, c->f->text, SKT_DATAGRAM, DIAL_MS, NULL);
  rc = rc < 0 ? rc : skt_peer(&c->socket, &peer);
  rc = rc < 0 ? rc : skt_addr_format(&peer, c->peer, sizeof c->peer);
  if (rc >= 0 && !c->f->trains) {
    rc = skt_set_option(&c->socket, SKT_OPT_SEND_TRAINS, 0);
  }
  c->run = (uint32_t)microseconds_now();
  return rc < 0 ? rc : ask(c, HELLO, WELCOME);
}

int run_client(const flood *f) {
  static client c; /* static: too large for the stack of some systems */
  c.f = f;
  c.bytes = (unsigned char *)calloc((size_t)f->batch, (size_t)f->length);
  c.messages = (skt_message *)calloc((size_t)f->batch, sizeof *c.messages);
  int rc = c.bytes == NULL || c.messages == NULL ? SKT_ENOMEM : open_client(&c);
  rc = rc < 0 ? rc : run(&c);
  rc = rc < 0 ? rc : ask(&c, END, RESULT);
  if (rc == 0) {
    report(&c);
  }
  skt_close(&c.socket);
  free(c.messages);
  free(c.bytes);
  return rc < 0 ? complain("measure to", f->text, rc) : EXIT_SUCCESS;
}
