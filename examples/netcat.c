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
#include "netcat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UDP_MAX = 64 * 1024 };

static int complain(const char *what, const char *name, int code) {
  fprintf(stderr, "netcat: cannot %s %s: %s\n", what, name, skt_strerror(code));
  return code;
}

void report(const netcat *n, const char *what, const skt_addr *a) {
  char text[SKT_ADDR_TEXT_MAX];
  if (n->verbose && skt_addr_format(a, text, sizeof text) >= 0) {
    fprintf(stderr, "netcat: %s %s\n", what, text);
  }
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
  int rc = listen_there(n);
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
