/* SPDX-License-Identifier: MIT */
/* What the same loop costs with skt; line for line the twin of loop_plain.c,
 * which has the usage. */
#include <pthread.h>
#include <skt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS_MAX = 1024, CLIENTS_MAX = 16384 };

static skt_addr at;

static int listen_and_tell(skt *listener, int type) {
  if (skt_socket(listener, SKT_IPV4, type, 0) < 0 ||
      skt_bind(listener, &at, 0) < 0 || skt_listen(listener, 0) < 0 ||
      skt_local(listener, &at) < 0) {
    return -1;
  }
  printf("%d %d\n", skt_addr_port(&at), getpid());
  fflush(stdout);
  return 0;
}

/* POSIX numbers its sockets from 0, so they can be kept in a table. */
static skt clients[CLIENTS_MAX];

static int take(skt_poller *poller, skt *listener) {
  skt s;
  int rc = skt_accept(listener, &s, NULL, SKT_NONBLOCK);
  if (rc < 0) {
    return rc == SKT_EAGAIN ? 0 : rc;
  }
  skt *kept = &clients[skt_native(&s) % CLIENTS_MAX];
  *kept = s;
  return skt_poller_add(poller, kept, SKT_READ, kept);
}

/* Returns whether the client is still there. */
static int serve(skt *s) {
  char bytes[4096];
  ptrdiff_t n = skt_read(s, bytes, sizeof bytes);
  if (n > 0) {
    return skt_write(s, bytes, (size_t)n) == n;
  }
  return n == SKT_EAGAIN;
}

static int echo(int n_clients) {
  static skt_event events[EVENTS_MAX];
  skt_poller poller;
  skt listener;
  if (skt_poller_create(&poller) < 0 ||
      listen_and_tell(&listener, SKT_STREAM | SKT_NONBLOCK) < 0 ||
      skt_poller_add(&poller, &listener, SKT_READ, &listener) < 0) {
    return 1;
  }
  while (n_clients > 0) {
    int n = skt_poller_wait(&poller, events, EVENTS_MAX, -1);
    for (int i = 0; i < n; ++i) {
      skt *s = events[i].user;
      if (s == &listener) {
        if (take(&poller, &listener) < 0) {
          return 1;
        }
      } else if (!serve(s)) {
        skt_close(s);
        --n_clients;
      }
    }
  }
  return skt_poller_destroy(&poller) + skt_close(&listener);
}

static skt_poller loops[2];

static int wait_once(skt_poller *l) {
  skt_event e;
  return skt_poller_wait(l, &e, 1, -1) == 1 ? 0 : -1;
}

static void *answer_wakes(void *n) {
  for (int i = *(int *)n; i > 0; --i) {
    if (wait_once(&loops[1]) != 0 || skt_poller_wake(&loops[0]) != 0) {
      exit(1);
    }
  }
  return NULL;
}

static int wakes(int n) {
  pthread_t other;
  if (skt_poller_create(&loops[0]) != 0 || skt_poller_create(&loops[1]) != 0 ||
      pthread_create(&other, NULL, answer_wakes, &n) != 0) {
    return 1;
  }
  for (int i = 0; i < n; ++i) {
    if (skt_poller_wake(&loops[1]) != 0 || wait_once(&loops[0]) != 0) {
      return 1;
    }
  }
  return pthread_join(other, NULL);
}

static int storms(int n) {
  int failed = skt_poller_create(&loops[0]);
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < 10; ++k) {
      failed |= skt_poller_wake(&loops[0]);
    }
    failed |= wait_once(&loops[0]);
  }
  return failed;
}

/* A connected socket whose peer has reset it, watched for nothing. Before, each
 * verb is called in a second place, as in most programs: a compiler that
 * optimises across files puts a function that is called once into its caller,
 * whatever it is. */
static int nothing(int n) {
  skt_poller poller;
  skt_event e;
  char byte = 0;
  skt listener, s, peer;
  if (skt_poller_create(&poller) < 0 ||
      skt_addr_parse(&at, "127.0.0.1:0") < 0 ||
      listen_and_tell(&listener, SKT_STREAM) < 0 ||
      skt_socket(&s, SKT_IPV4, SKT_STREAM, 0) < 0 || skt_connect(&s, &at) < 0 ||
      skt_poller_add(&poller, &s, 0, &s) < 0 ||
      skt_accept(&listener, &peer, NULL, 0) < 0 ||
      skt_write(&s, &byte, 1) != 1 || skt_read(&peer, &byte, 1) != 1 ||
      skt_abort(&peer) < 0) {
    return 1;
  }
  for (int i = 0; i < n; ++i) {
    if (skt_poller_wait(&poller, &e, 1, 20) != 0) {
      return 1;
    }
  }
  return skt_close(&s) + skt_close(&listener) + skt_poller_destroy(&poller);
}

int main(int argc, char **argv) {
  const char *what = argc == 4 ? argv[1] : "";
  char text[SKT_ADDR_TEXT_MAX];
  snprintf(text, sizeof text, "%s:0", argc == 4 ? argv[3] : "");
  if (argc != 4 ||
      (strcmp(what, "echo") == 0 && skt_addr_parse(&at, text) < 0)) {
    return 2;
  }
  int n = atoi(argv[2]);
  return strcmp(what, "echo") == 0      ? echo(n)
         : strcmp(what, "wakes") == 0   ? wakes(n)
         : strcmp(what, "storms") == 0  ? storms(n)
         : strcmp(what, "nothing") == 0 ? nothing(n)
                                        : 2;
}
