/* SPDX-License-Identifier: MIT */
/*
 * The chat of before.c, with skt. The server passes each line on to everybody
 * but the one who said it.
 *
 *   moving_after serve ADDRESS
 *   moving_after join ADDRESS NAME COUNT [LINE...]
 *
 * The server ends when its last client has gone. A client says the lines, and
 * ends when it has shown COUNT lines of others.
 */
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CLIENTS_MAX = 30, LINE_BYTES = 512, LIMIT_MS = 5000 };

typedef struct client {
  skt socket;
  int lost; /* the error of a write, or 0 */
  size_t n; /* bytes of a line that is not complete yet */
  char line[LINE_BYTES];
} client;

static bool complain(const char *what, int code) {
  fprintf(stderr, "cannot %s: %s\n", what, skt_strerror(code));
  return false;
}

/*
 * The server
 */

static int start_listening(skt *s, const skt_addr *address) {
  skt_addr local;
  char text[SKT_ADDR_TEXT_MAX];
  int rc =
      skt_socket(s, skt_addr_domain(address), SKT_STREAM | SKT_NONBLOCK, 0);
  if (rc < 0 || (rc = skt_bind(s, address, 0)) < 0 ||
      (rc = skt_listen(s, 0)) < 0 || (rc = skt_local(s, &local)) < 0) {
    return rc;
  }
  skt_addr_format(&local, text, sizeof text);
  printf("listening on %s\n", text);
  fflush(stdout);
  return 0;
}

/* A client that does not take a line is lost, and skt_poll reports it. */
static void send_line(client *c, const char *line, size_t n) {
  if (c->lost == 0 &&
      (c->lost = skt_write_all(&c->socket, line, n, NULL)) < 0) {
    skt_shutdown(&c->socket, SKT_BOTH);
  }
}

/* Send a line to all but its author. */
static void pass_on(client *clients, int count, int author, const char *line,
                    size_t n) {
  for (int i = 0; i < count; ++i) {
    if (i != author) {
      send_line(&clients[i], line, n);
    }
  }
}

/* Read from one client. Returns 1 while it stays, 0 at its end, or an error. */
static int take(client *clients, int count, int i) {
  client *c = &clients[i];
  if (c->lost < 0) {
    return c->lost;
  }
  ptrdiff_t n = skt_read(&c->socket, c->line + c->n, LINE_BYTES - c->n);
  if (n <= 0) {
    return (int)n;
  }
  c->n += (size_t)n;
  char *end;
  while ((end = memchr(c->line, '\n', c->n)) != NULL) {
    size_t whole = (size_t)(end + 1 - c->line);
    pass_on(clients, count, i, c->line, whole);
    memmove(c->line, c->line + whole, c->n - whole);
    c->n -= whole;
  }
  return c->n < LINE_BYTES ? 1 : SKT_EMSGSIZE;
}

/* Accept a client. Returns an error if that failed: no room, as a rule. */
static int accept_client(skt *listener, client *clients, int *count) {
  skt s = SKT_NONE;
  int rc = skt_accept(listener, &s, NULL, 0);
  if (rc < 0) {
    return rc == SKT_EAGAIN ? 0 : rc; /* SKT_EAGAIN: the client gave up */
  }
  if (*count == CLIENTS_MAX) {
    return skt_close(&s);
  }
  client *c = &clients[(*count)++];
  c->socket = s;
  c->lost = 0;
  c->n = 0;
  skt_set_limit(&c->socket, SKT_BOTH, LIMIT_MS);
  send_line(c, "welcome\n", 8);
  return 0;
}

/* Take what the clients that are ready have sent, and close those that are lost
 * or at their end. Returns whether one was closed. */
static bool serve_clients(client *clients, int *count,
                          const skt_polled *entries) {
  bool any_closed = false;
  for (int i = *count - 1; i >= 0; --i) {
    int rc = entries[i].ready != 0 ? take(clients, *count, i) : 1;
    if (rc < 0) {
      complain("keep a client", rc);
    }
    if (rc <= 0) {
      skt_close(&clients[i].socket);
      clients[i] = clients[--*count];
      any_closed = true;
    }
  }
  return any_closed;
}

/* After a failing accept the listener is not watched until a client leaves or
 * the clock shows another second: the connection still waits in the queue, so
 * skt_poll would return at once. */
static bool serve(skt *listener) {
  static client clients[CLIENTS_MAX];
  int count = 0;
  bool had_any = false, accepting = true;
  time_t paused = 0;
  while (count > 0 || !had_any) {
    skt_polled entries[CLIENTS_MAX + 1] = SKT_NONE;
    for (int i = 0; i <= count; ++i) {
      entries[i].s = i < count ? &clients[i].socket : listener;
      entries[i].events = i < count || accepting ? SKT_READ : 0;
    }
    int rc = skt_poll(entries, (size_t)count + 1, accepting ? -1 : 1000, NULL);
    if (rc < 0) {
      return complain("wait", rc);
    }
    bool called = entries[count].ready != 0;
    accepting = serve_clients(clients, &count, entries) || accepting ||
                rc == 0 || time(NULL) != paused;
    if (called && (rc = accept_client(listener, clients, &count)) < 0) {
      complain("accept a client", rc);
      accepting = false;
      paused = time(NULL);
    }
    had_any = had_any || count > 0;
  }
  return true;
}

/*
 * The client
 */

static bool say(skt *s, const char *name, const char *line) {
  char text[LINE_BYTES];
  int n = snprintf(text, sizeof text, "%s: %s\n", name, line);
  int rc =
      n < LINE_BYTES ? skt_write_all(s, text, (size_t)n, NULL) : SKT_EMSGSIZE;
  return rc == 0 || complain("send", rc);
}

/* Print so many lines, the first of which is the server's welcome. */
static bool show_lines(skt *s, int count) {
  char c;
  while (count > 0) {
    int rc = skt_read_all(s, &c, 1, NULL);
    if (rc < 0) {
      return complain("receive", rc);
    }
    putchar(c);
    count -= c == '\n';
  }
  fflush(stdout);
  return true;
}

static bool join(skt *s, const skt_addr *peer, char **argv) {
  int rc = skt_socket(s, skt_addr_domain(peer), SKT_STREAM, 0);
  if (rc < 0 || (rc = skt_set_limit(s, SKT_BOTH, LIMIT_MS)) < 0 ||
      (rc = skt_connect(s, peer)) < 0) {
    return complain("connect", rc);
  }
  bool good = show_lines(s, 1);
  for (char **line = argv + 2; good && *line != NULL; ++line) {
    good = say(s, argv[0], *line);
  }
  if (!good || !show_lines(s, atoi(argv[1]))) {
    return false;
  }
  rc = skt_close_graceful(s, LIMIT_MS, 65536); /* until the server read all */
  return rc == 0 || complain("leave", rc);
}

int main(int argc, char **argv) {
  skt s = SKT_NONE;
  skt_addr address;
  bool serves = argc == 3 && strcmp(argv[1], "serve") == 0;
  if ((!serves && (argc < 5 || strcmp(argv[1], "join") != 0)) ||
      skt_addr_parse(&address, argv[2]) < 0) {
    fprintf(stderr,
            "usage: moving_after serve ADDRESS\n"
            "       moving_after join ADDRESS NAME COUNT [LINE...]\n");
    return 2;
  }
  int rc = serves ? start_listening(&s, &address) : 0;
  bool good = rc < 0   ? complain("listen", rc)
              : serves ? serve(&s)
                       : join(&s, &address, argv + 3);
  skt_close(&s);
  return good ? 0 : 1;
}
