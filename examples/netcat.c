/* SPDX-License-Identifier: MIT */
/*
 * Connect standard input and output to a peer.
 *
 *   netcat [-uNdvz46] [-w SECONDS] [-s SOURCE] HOST PORT    connect
 *   netcat -l [-uNkdv46] [HOST] PORT                        listen
 *   netcat -U [-lNkdv] PATH                                 a unix socket
 *
 *   -u  UDP: what is read at once is sent as one datagram
 *   -N  end our side at the end of standard input, and go on until the peer has
 *       ended its side too; without it the peer's end ends all
 *   -k  accept the next client after one has left; by -u from all at once
 *   -d  no standard input
 *   -v  report on standard error who is connected
 *   -z  only try whether PORT, or each from 20 to 30 of "20-30", is open
 *   -w  the longest time to connect, and then to be idle. UDP has no end, so
 *       a client ends when idle for this, or 1 second, after standard input
 *   -s  the address or name to connect from
 *   -4  IPv4 only, -6  IPv6 only
 *
 * Exit code: 0 done, or of ports that are tried one is open; 1 something
 * failed; 2 wrong arguments.
 */
#include "reader.h"
#include "seconds.h"

#include <skt.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_MAX = 32, UDP_MAX = 64 * 1024 };

typedef struct netcat {
  bool listens, udp, is_unix, half_close, keeps, verbose, probes;
  bool no_input;
  int wait_ms; /* -1 for ever */
  int domain;  /* 0: any */
  const char *source, *host;
  int port, last_port; /* -1 for a unix path */
  char text[SKT_TEXT_MAX];
  skt socket, listener;
  reader in;
  int sent;       /* bytes of the chunk */
  bool has_chunk; /* it is ours */
  bool in_ended, peer_ended;
} netcat;

static int complain(const char *what, const char *name, int code) {
  fprintf(stderr, "netcat: cannot %s %s: %s\n", what, name, skt_strerror(code));
  return code;
}

static void report(const netcat *n, const char *what, const skt_addr *a) {
  char text[SKT_ADDR_TEXT_MAX];
  if (n->verbose && skt_addr_format(a, text, sizeof text) >= 0) {
    fprintf(stderr, "netcat: %s %s\n", what, text);
  }
}

/*
 * Connect
 */

static int make_text(netcat *n, int port) {
  return skt_text_join(n->text, sizeof n->text, n->host, port);
}

/* Bind to the source's address of that domain, if a source was given. */
static int bind_source(netcat *n, int domain) {
  char text[SKT_TEXT_MAX];
  skt_addr local;
  if (n->source == NULL) {
    return 0;
  }
  int rc = skt_text_join(text, sizeof text, n->source, 0);
  rc = rc < 0 ? rc : skt_resolve(text, domain, &local, 1, n->wait_ms, NULL);
  return rc < 0 ? rc : skt_bind(&n->socket, &local, 0);
}

static int connect_one(netcat *n, const skt_addr *peer, int timeout_ms) {
  int domain = skt_addr_domain(peer);
  int type = n->udp ? SKT_DATAGRAM : SKT_STREAM;
  int rc = skt_socket(&n->socket, domain, type | SKT_NONBLOCK, 0);
  rc = rc < 0 ? rc : bind_source(n, domain);
  rc = rc < 0 ? rc : skt_connect_within(&n->socket, peer, timeout_ms);
  if (rc < 0) {
    skt_close(&n->socket);
  }
  return rc;
}

static int time_left(double until) {
  double left = (until - seconds_now()) * 1000;
  return left > 0 ? (int)left : 0;
}

/* What skt_dial does not do: choose the source or the family. */
static int connect_each(netcat *n) {
  skt_addr all[ADDRESSES_MAX];
  double until = seconds_now() + n->wait_ms / 1000.0;
  int rc = SKT_ETIMEDOUT;
  int count =
      skt_resolve(n->text, n->domain, all, ADDRESSES_MAX, n->wait_ms, NULL);
  for (int i = 0; i < count; ++i) {
    int left = n->wait_ms < 0 ? -1 : time_left(until);
    rc = left == 0 ? SKT_ETIMEDOUT : connect_one(n, &all[i], left);
    if (rc == 0 || left == 0) {
      return rc;
    }
  }
  return count < 0 ? count : rc;
}

static int connect_to(netcat *n, int port) {
  skt_addr peer;
  int type = (n->udp ? SKT_DATAGRAM : SKT_STREAM) | SKT_NONBLOCK;
  int rc = make_text(n, port);
  if (rc >= 0) {
    rc = n->source != NULL || n->domain != 0
             ? connect_each(n)
             : skt_dial(&n->socket, n->text, type, n->wait_ms, NULL);
  }
  if (rc == 0 && skt_peer(&n->socket, &peer) == 0) {
    report(n, n->probes ? "open:" : "connected to", &peer);
  }
  return rc;
}

/* Returns 0 if one of the ports is open. */
static int probe(netcat *n) {
  int result = SKT_ECONNREFUSED;
  for (int port = n->port; port <= n->last_port; ++port) {
    int rc = connect_to(n, port);
    result = rc == 0 ? 0 : result;
    if (rc < 0 && (n->verbose || n->port == n->last_port)) {
      complain("connect to", n->text[0] != '\0' ? n->text : n->host, rc);
    }
    skt_close(&n->socket);
  }
  return result;
}

/*
 * Converse
 */

/* Standard input has ended, and all of it is sent. */
static int end_input(netcat *n) {
  n->in_ended = true;
  return n->half_close && !n->udp ? skt_shutdown(&n->socket, SKT_WRITE) : 0;
}

static int take_chunk(netcat *n) {
  n->has_chunk = n->in.have > 0;
  n->sent = 0;
  return n->has_chunk ? 0 : end_input(n);
}

static int send_some(netcat *n) {
  ptrdiff_t rc = skt_write(&n->socket, n->in.chunk + n->sent,
                           (size_t)(n->in.have - n->sent));
  if (rc < 0) {
    return rc == SKT_EAGAIN ? 0 : (int)rc;
  }
  n->sent += (int)rc;
  if (n->sent == n->in.have) {
    n->has_chunk = false;
    reader_next(&n->in);
  }
  return 0;
}

static int print(const char *bytes, ptrdiff_t count) {
  return fwrite(bytes, 1, (size_t)count, stdout) == (size_t)count &&
                 fflush(stdout) == 0
             ? 0
             : complain("write to", "standard output", SKT_EIO);
}

static int receive_some(netcat *n) {
  static char bytes[UDP_MAX];
  ptrdiff_t rc = skt_read(&n->socket, bytes, sizeof bytes);
  if (rc < 0) {
    return rc == SKT_EAGAIN ? 0 : (int)rc;
  }
  n->peer_ended = rc == 0 && !n->udp;
  return print(bytes, rc);
}

/* UDP ends by silence after our end, TCP does not. */
static int idle_limit(const netcat *n) {
  return n->udp && n->in_ended && !n->listens && n->wait_ms < 0 ? 1000
                                                                : n->wait_ms;
}

/* Wait until something can be done, and do it. Returns whether something was,
 * or a code. */
static int move_some(netcat *n) {
  int events = (n->peer_ended ? 0 : SKT_READ) | (n->has_chunk ? SKT_WRITE : 0);
  skt_polled at = {&n->socket, events, 0};
  skt_waker *waker = n->no_input ? NULL : &n->in.filled;
  int count = skt_poll(&at, 1, idle_limit(n), waker);
  int rc = at.ready < 0 ? at.ready : count;
  if (rc > 0 && count > (at.ready != 0)) {
    rc = take_chunk(n);
  }
  if (rc >= 0 && (at.ready & SKT_READ) != 0) {
    rc = receive_some(n);
  }
  if (rc >= 0 && (at.ready & SKT_WRITE) != 0 && n->has_chunk) {
    rc = send_some(n);
  }
  return rc < 0 ? rc : count > 0;
}

static int converse(netcat *n) {
  int rc = n->in_ended ? end_input(n) : 0;
  n->peer_ended = false;
  while (rc >= 0 && !(n->peer_ended && (!n->half_close || n->in_ended))) {
    rc = move_some(n);
    if (rc == 0) { /* idle */
      return n->udp && n->in_ended ? 0 : SKT_ETIMEDOUT;
    }
  }
  return rc < 0 ? rc : 0;
}

/*
 * Listen
 */

static int bind_one(netcat *n, const skt_addr *here, int flags) {
  int type = n->udp ? SKT_DATAGRAM : SKT_STREAM;
  int rc = skt_socket(&n->listener, skt_addr_domain(here), type, 0);
  rc = rc < 0 ? rc : skt_bind(&n->listener, here, flags);
  rc = rc < 0 || n->udp ? rc : skt_listen(&n->listener, 0);
  if (rc < 0) {
    skt_close(&n->listener);
  }
  return rc;
}

/* Every address of this host: one socket for both families, if none is chosen
 * and both are there. */
static int bind_any(netcat *n) {
  skt_addr here;
  int rc = SKT_EAFNOSUPPORT;
  if (n->domain != SKT_IPV4) {
    skt_addr_any(&here, SKT_IPV6, n->port);
    rc = bind_one(n, &here, n->domain == 0 ? SKT_DUAL_STACK : 0);
  }
  if (n->domain != SKT_IPV6 &&
      (rc == SKT_EAFNOSUPPORT || rc == SKT_EOPNOTSUPP)) {
    skt_addr_any(&here, SKT_IPV4, n->port);
    rc = bind_one(n, &here, 0);
  }
  return rc;
}

/* What skt_listen_at does not do: UDP, and a family. */
static int bind_each(netcat *n) {
  skt_addr all[ADDRESSES_MAX];
  if (n->host[0] == '\0') {
    return bind_any(n);
  }
  int count = skt_resolve(n->text, n->domain, all, ADDRESSES_MAX, -1, NULL);
  int rc = count;
  for (int i = 0; i < count && rc != 0 && rc != SKT_EADDRINUSE; ++i) {
    rc = bind_one(n, &all[i], 0);
  }
  return rc;
}

/* The peer of the first datagram, which stays in the queue until then, is the
 * one to converse with. The system may report an error of an earlier one. */
static int accept_datagram(netcat *n, skt_addr *peer) {
  static char bytes[UDP_MAX];
  ptrdiff_t rc =
      skt_receive_from(&n->listener, bytes, sizeof bytes, peer, NULL);
  rc = rc < 0 ? rc : print(bytes, rc);
  if (rc < 0 || n->keeps) {
    return (int)rc;
  }
  rc = skt_connect(&n->listener, peer);
  rc = rc < 0 ? rc : skt_set_blocking(&n->listener, false);
  n->socket = n->listener;
  memset(&n->listener, 0, sizeof n->listener);
  return (int)rc;
}

static int serve_one(netcat *n) {
  skt_addr peer;
  int rc = n->udp ? accept_datagram(n, &peer)
                  : skt_accept(&n->listener, &n->socket, &peer, SKT_NONBLOCK);
  if (rc < 0) {
    return complain("accept at", n->text, rc);
  }
  report(n, "connection from", &peer);
  if (n->udp && n->keeps) {
    return 0;
  }
  if (!n->keeps) {
    skt_close(&n->listener);
  }
  rc = converse(n);
  skt_close(&n->socket);
  return rc < 0 ? complain("go on at", n->text, rc) : 0;
}

static int serve(netcat *n) {
  skt_addr here;
  int rc = make_text(n, n->port);
  if (rc >= 0) {
    rc = n->udp || n->domain != 0 ? bind_each(n)
                                  : skt_listen_at(&n->listener, n->text, 0, 0);
  }
  if (rc < 0) {
    return complain("listen at", n->text[0] != '\0' ? n->text : n->host, rc);
  }
  if (skt_local(&n->listener, &here) == 0) {
    report(n, "listening on", &here);
  }
  do {
    rc = serve_one(n);
  } while (n->keeps);
  return rc;
}

static int call(netcat *n) {
  int rc = connect_to(n, n->port);
  if (rc < 0) {
    return complain("connect to", n->text[0] != '\0' ? n->text : n->host, rc);
  }
  rc = converse(n);
  skt_close(&n->socket);
  return rc < 0 ? complain("go on with", n->text, rc) : 0;
}

/*
 * Arguments
 */

/* A number up to `most` at *at, which moves behind it; or -1. */
static int number(const char **at, long most) {
  char *end;
  if (**at < '0' || **at > '9') {
    return -1;
  }
  long value = strtol(*at, &end, 10);
  *at = end;
  return value <= most ? (int)value : -1;
}

static bool read_ports(netcat *n, const char *text) {
  n->port = n->last_port = number(&text, 65535);
  if (n->probes && n->port > 0 && *text == '-') {
    ++text;
    n->last_port = number(&text, 65535);
  }
  return *text == '\0' && n->port >= (n->listens ? 0 : 1) &&
         n->last_port >= n->port;
}

static bool read_seconds(netcat *n, const char *text) {
  int seconds = number(&text, INT_MAX / 1000);
  n->wait_ms = seconds * 1000;
  return seconds > 0 && *text == '\0';
}

static bool set_flag(netcat *n, char letter) {
  switch (letter) {
  case 'l':
    return n->listens = true;
  case 'u':
    return n->udp = true;
  case 'U':
    return n->is_unix = true;
  case 'N':
    return n->half_close = true;
  case 'k':
    return n->keeps = true;
  case 'z':
    return n->probes = true;
  case 'd':
    return n->no_input = true;
  case 'v':
    return n->verbose = true;
  case '4':
    return (n->domain |= SKT_IPV4) == SKT_IPV4;
  case '6':
    return (n->domain |= SKT_IPV6) == SKT_IPV6;
  default:
    return false;
  }
}

/* The letters of one argument. The value of w and s is the rest of it, or the
 * next one. */
static bool read_letters(netcat *n, char ***arg) {
  for (const char *at = **arg + 1; *at != '\0'; ++at) {
    if (*at != 'w' && *at != 's') {
      if (!set_flag(n, *at)) {
        return false;
      }
      continue;
    }
    const char *value = at[1] != '\0' ? at + 1 : *++*arg;
    if (value != NULL && *at == 's') {
      n->source = value;
    }
    return value != NULL && (*at == 's' || read_seconds(n, value));
  }
  return true;
}

static bool read_place(netcat *n, char **arg, int count) {
  static char path[SKT_TEXT_MAX];
  if (n->is_unix) {
    n->port = -1;
    n->host = path;
    return count == 1 &&
           (size_t)snprintf(path, sizeof path, "unix:%s", arg[0]) < sizeof path;
  }
  n->host = count == 2 ? arg[0] : "";
  return (count == 2 || (count == 1 && n->listens)) &&
         read_ports(n, arg[count - 1]);
}

static bool fit_together(const netcat *n) {
  if (n->listens ? n->probes || n->source != NULL : n->keeps) {
    return false;
  }
  if (n->is_unix &&
      (n->udp || n->domain != 0 || n->source != NULL || n->probes)) {
    return false;
  }
  return !(n->udp && n->probes);
}

static bool read_arguments(netcat *n, char **arg) {
  n->wait_ms = -1;
  for (++arg; *arg != NULL && (*arg)[0] == '-' && (*arg)[1] != '\0'; ++arg) {
    if (!read_letters(n, &arg)) {
      return false;
    }
  }
  int count = 0;
  while (arg[count] != NULL) {
    ++count;
  }
  return read_place(n, arg, count) && fit_together(n);
}

int main(int argc, char **argv) {
  static netcat n; /* static: its reader lives until the end */
  if (argc < 2 || !read_arguments(&n, argv)) {
    fprintf(stderr,
            "usage: netcat [-uNdvz46] [-w SECONDS] [-s SOURCE] HOST "
            "PORT\n       netcat -l [-uNkdv46] [-w SECONDS] [HOST] "
            "PORT\n       netcat -U [-lNkdv] [-w SECONDS] PATH\n");
    return 2;
  }
  bool has_input = reader_has_input();
  n.no_input = n.no_input || n.probes || !has_input || (n.udp && n.keeps);
  n.in_ended = n.no_input;
  int rc = n.no_input ? 0 : reader_start(&n.in);
  if (rc < 0) {
    return complain("read", "standard input", rc), EXIT_FAILURE;
  }
  rc = n.probes ? probe(&n) : n.listens ? serve(&n) : call(&n);
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
