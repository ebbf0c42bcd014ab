/* SPDX-License-Identifier: MIT */
/*
 * A web server with one page and one thread, for ten thousand clients at once.
 *
 *   http_server ADDRESS [CONNECTIONS [CLIENTS]]
 *
 *   ADDRESS      where to listen: 127.0.0.1:8080 or [::1]:8080, or port 0
 *   CONNECTIONS  how many to have at one time, 10000 if absent; others wait
 *   CLIENTS      how many to serve in all; for ever if absent
 *
 * Exit code: 0 all served, 1 something failed, 2 wrong arguments.
 *
 * No socket blocks: the poller reports which can go on, and each goes as far as
 * one read leads. All memory is taken at the start. A client may be silent for
 * as long as it likes.
 */
#include <skt.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char form[] =
    "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n%s\r\n%s";
enum { REQUEST_MAX = 2047, EVENTS_MAX = 256 };

typedef struct connection {
  skt socket;
  struct connection *next; /* in the list of those that are free */
  size_t have, made, sent; /* bytes: of requests; of a reply; of that, sent */
  bool ending;             /* there is no reply after this one */
  char in[REQUEST_MAX + 1], out[512];
} connection;

typedef struct server {
  skt listener;
  skt_poller poller;
  connection *free;
  bool accepting; /* the listener is watched */
  time_t paused;  /* when that last changed */
  long clients;   /* that are still to be served; negative: for ever */
} server;

/* Make the reply to the text in c->in. A request has no body here. */
static void make_reply(connection *c) {
  char method[8] = "", path[REQUEST_MAX + 1], minor = '0';
  int words = sscanf(c->in, "%7[A-Z] %2047s HTTP/1.%c", method, path, &minor);
  for (char *at = c->in; *at != '\0'; ++at) {
    *at = (char)tolower((unsigned char)*at);
  }
  bool get = strcmp(method, "GET") == 0, head = strcmp(method, "HEAD") == 0;
  bool bad = words != 3 || strstr(c->in, "\r\ncontent-length:") != NULL ||
             strstr(c->in, "\r\ntransfer-encoding:") != NULL;
  const char *status = bad                      ? "400 Bad Request"
                       : !get && !head          ? "501 Not Implemented"
                       : strcmp(path, "/") != 0 ? "404 Not Found"
                                                : "200 OK";
  const char *page = status[0] == '2' ? "<h1>Hello from skt</h1>\n" : status;
  c->ending =
      bad || minor == '0' || strstr(c->in, "\r\nconnection: close\r\n") != NULL;
  c->sent = 0;
  c->made = (size_t)snprintf(
      c->out, sizeof c->out, form, status, (int)strlen(page),
      c->ending ? "Connection: close\r\n" : "", head ? "" : page);
}

/* Answer the first of the requests, if all of it has come. One that is too long
 * or has a zero in it counts as empty. */
static bool answer(connection *c) {
  c->in[c->have] = '\0';
  char *end = strstr(c->in, "\r\n\r\n");
  if (end == NULL && c->have < REQUEST_MAX && strlen(c->in) == c->have) {
    return false;
  }
  size_t used = end == NULL ? c->have : (size_t)(end + 4 - c->in);
  c->in[end == NULL ? 0 : used - 2] = '\0';
  make_reply(c);
  c->have -= used;
  memmove(c->in, c->in + used, c->have);
  return true;
}

/* Go as far as possible without waiting. Returns the event to wait for, 0 when
 * the client has ended the connection, or an error. After the last reply it is
 * the client's turn to end it: closing earlier could reset it before the reply
 * is read. */
static int serve(connection *c) {
  if (c->sent == c->made) {
    c->have = c->ending ? 0 : c->have;
    ptrdiff_t n = skt_read(&c->socket, c->in + c->have, REQUEST_MAX - c->have);
    if (n <= 0) {
      return n == SKT_EAGAIN ? SKT_READ : (int)n;
    }
    c->have += (size_t)n;
  }
  while (c->sent < c->made || (!c->ending && answer(c))) {
    ptrdiff_t n = skt_write(&c->socket, c->out + c->sent, c->made - c->sent);
    if (n < 0) {
      return n == SKT_EAGAIN ? SKT_WRITE : (int)n;
    }
    c->sent += (size_t)n;
    if (c->sent == c->made && c->ending) {
      skt_shutdown(&c->socket, SKT_WRITE);
    }
  }
  return SKT_READ;
}

static void watch_listener(server *v, bool accepting) {
  int events = accepting ? SKT_READ : 0;
  if (accepting != v->accepting &&
      skt_poller_modify(&v->poller, &v->listener, events, v) == 0) {
    v->accepting = accepting;
    v->paused = time(NULL);
  }
}

/* Accept a client. Without room here, the next waits until a client leaves;
 * without room in the system, until a client leaves or the clock shows another
 * second. */
static void welcome(server *v) {
  connection *c = v->free;
  int rc = skt_accept(&v->listener, &c->socket, NULL, SKT_NONBLOCK);
  rc = rc < 0 ? rc : skt_poller_add(&v->poller, &c->socket, SKT_READ, c);
  if (rc == 0) {
    v->free = c->next;
    c->have = c->made = c->sent = 0;
    c->ending = false;
  } else {
    skt_close(&c->socket);
  }
  if (rc < 0 && rc != SKT_EAGAIN) {
    fprintf(stderr, "cannot accept a client: %s\n", skt_strerror(rc));
  }
  watch_listener(v, v->free != NULL && (rc == 0 || rc == SKT_EAGAIN));
}

static void go_on(server *v, connection *c) {
  int watched = c->sent < c->made ? SKT_WRITE : SKT_READ, rc = serve(c);
  if (rc > 0 && rc != watched) {
    int changed = skt_poller_modify(&v->poller, &c->socket, rc, c);
    rc = changed < 0 ? changed : rc;
  }
  if (rc < 0) {
    fprintf(stderr, "lost a client: %s\n", skt_strerror(rc));
  }
  if (rc <= 0) {
    skt_close(&c->socket);
    c->next = v->free;
    v->free = c;
    v->clients -= v->clients > 0;
    watch_listener(v, true);
  }
}

static int serve_all(server *v) {
  skt_event events[EVENTS_MAX];
  int n = 0;
  while (n >= 0 && v->clients != 0) {
    n = skt_poller_wait(&v->poller, events, EVENTS_MAX,
                        v->accepting ? -1 : 1000);
    for (int i = 0; i < n; ++i) {
      events[i].user == v ? welcome(v) : go_on(v, events[i].user);
    }
    if (!v->accepting && v->free != NULL &&
        (n == 0 || time(NULL) != v->paused)) {
      watch_listener(v, true);
    }
  }
  return n;
}

/* Accepted sockets have the listener's options: no reply is to wait until the
 * one before has been acknowledged. */
static int start(server *v, const char *text) {
  skt_addr at;
  char actual[SKT_ADDR_TEXT_MAX];
  int rc;
  if ((rc = skt_addr_parse(&at, text)) < 0 ||
      (rc = skt_socket(&v->listener, skt_addr_domain(&at),
                       SKT_STREAM | SKT_NONBLOCK, 0)) < 0 ||
      (rc = skt_set_option(&v->listener, SKT_OPT_NODELAY, 1)) < 0 ||
      (rc = skt_bind(&v->listener, &at, 0)) < 0 ||
      (rc = skt_listen(&v->listener, 0)) < 0 ||
      (rc = skt_poller_create(&v->poller)) < 0 ||
      (rc = skt_poller_add(&v->poller, &v->listener, SKT_READ, v)) < 0 ||
      (rc = skt_local(&v->listener, &at)) < 0 ||
      (rc = skt_addr_format(&at, actual, sizeof actual)) < 0) {
    return rc;
  }
  printf("listening on %s\n", actual);
  fflush(stdout);
  return 0;
}

int main(int argc, char **argv) {
  static server v = {.accepting = true};
  long room = argc > 2 ? strtol(argv[2], NULL, 10) : 10000;
  v.clients = argc > 3 ? strtol(argv[3], NULL, 10) : -1;
  if (argc < 2 || argc > 4 || room <= 0 || v.clients == 0) {
    fprintf(stderr, "usage: http_server ADDRESS [CONNECTIONS [CLIENTS]]\n");
    return 2;
  }
  connection *all = calloc((size_t)room, sizeof *all);
  for (; all != NULL && room-- > 0; v.free = all++) {
    all->next = v.free;
  }
  int rc = v.free == NULL ? SKT_ENOMEM : start(&v, argv[1]);
  rc = rc < 0 ? rc : serve_all(&v);
  if (rc < 0) {
    fprintf(stderr, "cannot serve on %s: %s\n", argv[1], skt_strerror(rc));
  }
  skt_poller_destroy(&v.poller);
  skt_close(&v.listener);
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
