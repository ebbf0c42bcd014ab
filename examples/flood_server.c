/* SPDX-License-Identifier: MIT */
#include "flood.h"
#include "seconds.h"
#include "udp_at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  RUNS_MAX = 16,
  ANSWERS_MAX = 128,
  LOOK_MS = 100, /* how often to look at the clock */
  BUFFER_BYTES = 4 * 1024 * 1024,
  TRAINS_BYTES = 2 * 65536, /* one train, or many datagrams */
  /* Room for one datagram. Were all 65,536 bytes apart, their beginnings would
   * compete for the same few lines of the processor's cache. */
  PLACE_BYTES = 65 * 1024
};

/* What one client sends. */
typedef struct client_run {
  uint32_t run;
  bool used, ended;
  double last; /* when it was heard of */
  skt_addr peer;
  counts c;
} client_run;

typedef struct server {
  const flood *f;
  skt socket;
  char *buffer;
  size_t room;
  skt_message *messages;
  skt_message answers[ANSWERS_MAX];
  size_t waiting; /* answers */
  client_run runs[RUNS_MAX];
  client_run *current;
  double started, now, shown;
  uint64_t n, bytes; /* since the last line */
} server;

/*
 * Runs
 */

static bool is_run(const client_run *r, const skt_message *m, uint32_t run) {
  return r->used && r->run == run && skt_addr_compare(&r->peer, &m->peer) == 0;
}

static client_run *find(server *v, const skt_message *m, uint32_t run) {
  if (is_run(v->current, m, run)) {
    return v->current;
  }
  for (int i = 0; i < RUNS_MAX; ++i) {
    if (is_run(&v->runs[i], m, run)) {
      return v->current = &v->runs[i];
    }
  }
  return NULL;
}

/* A run for that client; of too many, the one that has been silent longest is
 * forgotten. */
static client_run *begin(server *v, const skt_message *m, uint32_t run) {
  client_run *r = find(v, m, run);
  if (r != NULL) {
    return r; /* it has not seen our answer */
  }
  r = &v->runs[0];
  for (int i = 1; i < RUNS_MAX && r->used; ++i) {
    if (!v->runs[i].used || v->runs[i].last < r->last) {
      r = &v->runs[i];
    }
  }
  *r = (client_run){.used = true, .run = run, .peer = m->peer};
  return v->current = r;
}

static void report(const server *v, const client_run *r, const result *all,
                   uint64_t sent) {
  char text[SKT_ADDR_TEXT_MAX] = "";
  skt_addr_format(&r->peer, text, sizeof text);
  printf(v->f->json ? "{\"role\": \"server\", \"peer\": \"%s\", "
                      "\"sent\": %llu, "
                    : "from %s, which sent %llu\n",
         text, (unsigned long long)sent);
  print_result(v->f, all, sent);
  printf("%s", v->f->json ? "}\n" : "");
  fflush(stdout);
}

/*
 * Answers
 */

/* What cannot be sent to one client is its loss, not that of the others. */
static void send_answers(server *v) {
  size_t done = 0;
  while (done < v->waiting) {
    size_t sent = 0;
    int rc = skt_send(&v->socket, v->answers + done, v->waiting - done, &sent);
    done += sent + (rc < 0);
  }
  v->waiting = 0;
}

/* Send a datagram back as another kind. */
static void answer(server *v, const skt_message *m, header *h, int kind) {
  h->kind = kind;
  header_write((unsigned char *)m->data, h);
  v->answers[v->waiting++] = *m;
  if (v->waiting == ANSWERS_MAX) {
    send_answers(v);
  }
}

static void finish(server *v, const skt_message *m, header *h, client_run *r) {
  result all;
  result_take(&all, &r->c);
  result_write((unsigned char *)m->data + HEADER_BYTES, &all);
  if (!r->ended) {
    report(v, r, &all, h->number);
  }
  r->ended = true;
  answer(v, m, h, RESULT);
}

/* Control has room for the answer, see flood.h. */
static void control(server *v, const skt_message *m, header *h) {
  client_run *r;
  if (m->n != CONTROL_BYTES || m->cut) {
    return;
  }
  if (h->kind == HELLO) {
    begin(v, m, h->run)->last = v->now;
    answer(v, m, h, WELCOME);
  } else if (h->kind == END && (r = find(v, m, h->run)) != NULL) {
    r->last = v->now;
    finish(v, m, h, r);
  }
}

static void take(server *v, const skt_message *m) {
  header h;
  if (!header_read(m->data, m->n, &h)) {
    return;
  }
  if (h.kind != DATA && h.kind != PING) {
    control(v, m, &h);
    return;
  }
  client_run *r = find(v, m, h.run);
  if (r == NULL) {
    return;
  }
  r->last = v->now;
  counts_take(&r->c, &h, m->n, v->now);
  ++v->n;
  v->bytes += m->n;
  if (h.kind == PING) {
    answer(v, m, &h, PONG);
  }
}

/*
 * The server
 */

static void show_each_second(server *v) {
  double took = v->now - v->shown;
  if (took >= 1) {
    if (v->n > 0) {
      print_second(v->f, v->now - v->started, v->n, v->bytes, took);
    }
    v->shown = v->now;
    v->n = v->bytes = 0;
  }
}

/* With -1: a client has its results, and no longer asks for them again. */
static bool is_over(const server *v) {
  if (interrupted() ||
      (v->f->seconds > 0 && v->now - v->started >= v->f->seconds)) {
    return true;
  }
  return v->f->once && v->current->ended && v->now - v->current->last > 1;
}

/* The last message may be the rest of a train, see skt_receive. */
static int serve_some(server *v) {
  int n = skt_receive(&v->socket, v->buffer, v->room, v->messages,
                      (size_t)v->f->batch);
  v->now = seconds_now();
  for (int i = 0; i < n; ++i) {
    skt_message one;
    while (skt_next(&v->messages[i], &one)) {
      take(v, &one);
    }
  }
  v->current->c.calls += n > 0;
  send_answers(v);
  show_each_second(v);
  return n == SKT_ETIMEDOUT || n > 0 ? 0 : n;
}

static int open_server(server *v) {
  skt_addr here;
  char text[SKT_ADDR_TEXT_MAX];
  int trains = 0, rc = udp_at(&v->socket, v->f->text, v->f->trains);
  rc = rc < 0 ? rc : skt_set_limit(&v->socket, SKT_READ, LOOK_MS);
  rc = rc < 0 ? rc : skt_local(&v->socket, &here);
  rc = rc < 0 ? rc : skt_addr_format(&here, text, sizeof text);
  if (rc < 0) {
    return rc;
  }
  skt_set_option(&v->socket, SKT_OPT_RECEIVE_BUFFER, BUFFER_BYTES);
  skt_get_option(&v->socket, SKT_OPT_RECEIVE_TRAINS, &trains);
  v->room = trains == 1 ? TRAINS_BYTES : (size_t)v->f->batch * PLACE_BYTES;
  v->buffer = (char *)malloc(v->room);
  v->messages =
      (skt_message *)malloc((size_t)v->f->batch * sizeof *v->messages);
  fprintf(stderr, "flood: listening on %s, trains: %s\n", text,
          trains == 1 ? "true" : "false");
  return v->buffer == NULL || v->messages == NULL ? SKT_ENOMEM : 0;
}

int run_server(const flood *f) {
  static server v;
  v.f = f;
  v.current = v.runs;
  int rc = open_server(&v);
  v.started = v.now = v.shown = seconds_now();
  while (rc == 0 && !is_over(&v)) {
    rc = serve_some(&v);
  }
  skt_close(&v.socket);
  free(v.messages);
  free(v.buffer);
  return rc < 0 ? complain("serve at", f->text, rc) : EXIT_SUCCESS;
}
