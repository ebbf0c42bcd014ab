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

enum { CLIENTS_MAX = 30, LINE_BYTES = 512, LIMIT_MS = 5000 };

typedef struct client {
  skt socket;
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
  int rc = skt_socket(s, skt_addr_domain(address), SKT_STREAM, 0);
  if (rc < 0 || (rc = skt_bind(s, address, 0)) < 0 ||
      (rc = skt_listen(s, 0)) < 0 || (rc = skt_local(s, &local)) < 0) {
    return rc;
  }
  skt_addr_format(&local, text, sizeof text);
  printf("listening on %s\n", text);
  fflush(stdout);
  return 0;
}

/* Send a line to all but its author. Who does not take it is hung up on. */
static void pass_on(client *clients, int count, int author, const char *line,
                    size_t n) {
  for (int i = 0; i < count; ++i) {
    if (i != author && skt_write_all(&clients[i].socket, line, n, NULL) < 0) {
      skt_shutdown(&clients[i].socket, SKT_BOTH);
    }
  }
}

/* Read from one client. False when it has gone. */
static bool take(client *clients, int count, int i) {
  client *c = &clients[i];
  ptrdiff_t n = skt_read(&c->socket, c->line + c->n, LINE_BYTES - c->n);
  if (n <= 0) {
    return false;
  }
  c->n += (size_t)n;
  char *end;
  while ((end = memchr(c->line, '\n', c->n)) != NULL) {
    size_t whole = (size_t)(end + 1 - c->line);
    pass_on(clients, count, i, c->line, whole);
    memmove(c->line, c->line + whole, c->n - whole);
    c->n -= whole;
  }
  return c->n < LINE_BYTES;
}

static int accept_client(skt *listener, client *clients, int count) {
  skt s = SKT_NONE;
  if (skt_accept(listener, &s, NULL, 0) < 0) {
    return count;
  }
  if (count == CLIENTS_MAX) {
    skt_close(&s);
    return count;
  }
  skt_set_limit(&s, SKT_BOTH, LIMIT_MS);
  clients[count].socket = s;
  clients[count].n = 0;
  skt_write_all(&clients[count].socket, "welcome\n", 8, NULL);
  return count + 1;
}

static bool serve(skt *listener) {
  static client clients[CLIENTS_MAX];
  int count = 0;
  bool had_any = false;
  while (count > 0 || !had_any) {
    skt_polled entries[CLIENTS_MAX + 1] = SKT_NONE;
    for (int i = 0; i <= count; ++i) {
      entries[i].s = i < count ? &clients[i].socket : listener;
      entries[i].events = SKT_READ;
    }
    int rc = skt_poll(entries, (size_t)count + 1, -1, NULL);
    if (rc < 0) {
      return complain("wait", rc);
    }
    bool called = entries[count].ready != 0;
    for (int i = count - 1; i >= 0; --i) {
      if (entries[i].ready != 0 && !take(clients, count, i)) {
        skt_close(&clients[i].socket);
        clients[i] = clients[--count];
      }
    }
    if (called) {
      count = accept_client(listener, clients, count);
      had_any = had_any || count > 0;
    }
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
  return good && show_lines(s, atoi(argv[1]));
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
