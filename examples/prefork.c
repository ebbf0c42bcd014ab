/* SPDX-License-Identifier: MIT */
/*
 * A web server of several processes: the parent accepts connections and hands
 * each to a worker that is ready, which serves a file.
 *
 *   prefork ADDRESS FOLDER [WORKERS]
 *
 *   ADDRESS  where to listen: 127.0.0.1:8080 or [::1]:8080, or port 0
 *   FOLDER   whose files are served, by GET of HTTP/1.0; links in it are
 *            followed
 *   WORKERS  how many processes, 4 if absent
 *
 * The line "quit" on standard input ends it: it accepts no more, and each
 * worker ends when its client has been served. A worker that dies is replaced,
 * and only its client loses its connection.
 *
 * Exit code: 0 ended by "quit", 1 something failed, 2 wrong arguments.
 */
#include "prefork.h"
#include "reader.h"
#include "spawned.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 60, PAUSE_MS = 1000 };

typedef struct worker {
  spawned process;
  skt channel, client; /* the parent's copy, until the worker is ready again */
  bool ready, was_ready;
} worker;

typedef struct server {
  const char *program, *folder;
  skt listener;
  worker workers[WORKERS_MAX];
  int count;
  bool has_input, quitting, pausing;
  reader in;
} server;

/* The child's end is inherited by this child alone: it is closed here as soon
 * as the child runs. */
static int start_worker(server *v, worker *w) {
  skt end;
  char number[24], kind[16];
  *w = (worker){.ready = false};
  int rc = skt_pair(&w->channel, &end, SKT_STREAM);
  if (rc < 0) {
    return rc;
  }
  snprintf(number, sizeof number, "%llu", (unsigned long long)skt_native(&end));
  snprintf(kind, sizeof kind, "%d", skt_kind(&end));
  const char *arguments[] = {v->program, "--worker", number,
                             kind,       v->folder,  NULL};
  rc = skt_inherit(&end, true);
  if (rc == 0 && !spawn(&w->process, arguments)) {
    rc = SKT_EIO;
  }
  skt_close(&end);
  if (rc < 0) {
    skt_close(&w->channel);
  }
  return rc;
}

/* A worker has died, or was let go. One that never got ready would die again.
 */
static int replace_worker(server *v, worker *w) {
  bool was_ready = w->was_ready;
  skt_close(&w->channel);
  skt_close(&w->client);
  int code = spawn_wait(&w->process);
  if (v->quitting) {
    return 0;
  }
  printf("a worker has ended with %d; another one starts\n", code);
  fflush(stdout);
  return was_ready ? start_worker(v, w) : SKT_EIO;
}

/* A worker says that it is ready, or its end of the pair has ended. */
static int hear(server *v, worker *w) {
  char byte;
  if (skt_read(&w->channel, &byte, 1) != 1) {
    return replace_worker(v, w);
  }
  w->ready = w->was_ready = true;
  skt_close(&w->client);
  return 0;
}

static worker *ready_worker(server *v) {
  for (int i = 0; i < v->count; ++i) {
    if (v->workers[i].ready) {
      return &v->workers[i];
    }
  }
  return NULL;
}

static int accept_client(server *v) {
  worker *w = ready_worker(v);
  int rc = skt_accept(&v->listener, &w->client, NULL, 0);
  if (rc < 0) {
    v->pausing = rc != SKT_EAGAIN; /* out of descriptors, say */
    return 0;
  }
  w->ready = false;
  rc = skt_send_socket(&w->channel, &w->client);
  return rc < 0 ? replace_worker(v, w) : 0;
}

static void look_for_quit(server *v) {
  v->quitting = v->in.have >= 4 && memcmp(v->in.chunk, "quit", 4) == 0;
  v->has_input = v->in.have > 0;
  if (v->has_input && !v->quitting) {
    reader_next(&v->in);
  }
}

/* Let go of the workers that are ready; the others serve on. Returns how many
 * still run. */
static int drain(server *v) {
  int running = 0;
  skt_close(&v->listener);
  for (int i = 0; i < v->count; ++i) {
    if (v->workers[i].ready) {
      v->workers[i].ready = false;
      replace_worker(v, &v->workers[i]);
    }
    running += skt_kind(&v->workers[i].channel) > 0;
  }
  return running;
}

/* Wait for the workers, and for a client when one of them is ready. */
static int wait_for_all(server *v, skt_polled *e) {
  bool accepting = ready_worker(v) != NULL && !v->pausing && !v->quitting;
  for (int i = 0; i < v->count; ++i) {
    e[i] = (skt_polled){.s = &v->workers[i].channel, .events = SKT_READ};
    if (skt_kind(e[i].s) < 0) {
      e[i].s = NULL; /* it was let go */
    }
  }
  e[v->count] =
      (skt_polled){.s = accepting ? &v->listener : NULL, .events = SKT_READ};
  int timeout_ms = v->pausing ? PAUSE_MS : -1;
  v->pausing = false;
  return skt_poll(e, (size_t)v->count + 1, timeout_ms,
                  v->has_input ? &v->in.filled : NULL);
}

/* What has become ready; n counts the waker too. */
static int handle(server *v, const skt_polled *e, int n) {
  int rc = 0;
  for (int i = 0; rc == 0 && i < v->count; ++i) {
    if (e[i].ready != 0) {
      --n;
      rc = hear(v, &v->workers[i]);
    }
  }
  if (rc == 0 && e[v->count].ready != 0) {
    --n;
    rc = ready_worker(v) != NULL ? accept_client(v) : 0;
  }
  if (rc == 0 && n > 0) {
    look_for_quit(v);
  }
  return rc;
}

static int serve_all(server *v) {
  skt_polled e[WORKERS_MAX + 1];
  int rc = 0;
  while (rc >= 0 && (!v->quitting || drain(v) > 0)) {
    rc = wait_for_all(v, e);
    rc = rc < 0 ? rc : handle(v, e, rc);
  }
  return rc;
}

static int start(server *v, const char *text) {
  skt_addr at;
  char actual[SKT_ADDR_TEXT_MAX];
  int rc = skt_listen_at(&v->listener, text, SKT_NONBLOCK, 0);
  for (int i = 0; rc == 0 && i < v->count; ++i) {
    rc = start_worker(v, &v->workers[i]);
  }
  rc = rc == 0 && v->has_input ? reader_start(&v->in) : rc;
  rc = rc < 0 ? rc : skt_local(&v->listener, &at);
  rc = rc < 0 ? rc : skt_addr_format(&at, actual, sizeof actual);
  if (rc >= 0) {
    printf("listening on %s\n", actual);
    fflush(stdout);
  }
  return rc;
}

int main(int argc, char **argv) {
  static server v;
  if (argc == 5 && strcmp(argv[1], "--worker") == 0) {
    return worker_run(argv[2], argv[3], argv[4]);
  }
  v.count = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 4;
  if (argc < 3 || argc > 4 || v.count < 1 || v.count > WORKERS_MAX) {
    fprintf(stderr, "usage: prefork ADDRESS FOLDER [WORKERS]\n");
    return 2;
  }
  v.program = argv[0];
  v.folder = argv[2];
  v.has_input = reader_has_input();
  int rc = start(&v, argv[1]);
  rc = rc < 0 ? rc : serve_all(&v);
  if (rc < 0) {
    fprintf(stderr, "cannot serve: %s\n", skt_strerror(rc));
    for (int i = 0; i < v.count; ++i) {
      skt_close(&v.workers[i].channel); /* so they end */
    }
  }
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
