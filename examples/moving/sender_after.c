/* SPDX-License-Identifier: MIT */
/*
 * The client of sender_before.c, with skt. It sends a line to the first address
 * that takes it within the limit, and prints the line that comes back.
 *
 *   moving_sender_after LOCAL LINE ADDRESS...
 *
 * LOCAL is the address to send from, without a port: 127.0.0.1 or ::1. Each
 * ADDRESS has one: 127.0.0.1:7000 or [::1]:7000.
 */
#include <skt.h>

#include <stdio.h>
#include <string.h>

enum { BUFFER_BYTES = 65536, LIMIT_MS = 2000 };

static bool complain(const char *what, const char *where, int code) {
  fprintf(stderr, "cannot %s %s: %s\n", what, where, skt_strerror(code));
  return false;
}

static int option(const skt *s, int name) {
  int value;
  skt_get_option(s, name, &value);
  return value;
}

/* skt_addr_parse requires a port, and brackets around IPv6. */
static int parse_host(skt_addr *out, const char *host, int port) {
  char text[SKT_ADDR_TEXT_MAX];
  int n = snprintf(text, sizeof text,
                   strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
  return skt_addr_parse(out, n < (int)sizeof text ? text : "");
}

/* Wait until the socket is ready. */
static int wait_for(skt *s, int event) {
  int rc = skt_wait(s, event, LIMIT_MS, NULL);
  return rc == 0 ? SKT_ETIMEDOUT : rc;
}

/* A socket for one address. Its options come before its bind. */
static int new_socket(skt *s, const skt_addr *local) {
  int rc = skt_socket(s, skt_addr_domain(local), SKT_STREAM | SKT_NONBLOCK, 0);
  if (rc < 0 || (rc = skt_set_option(s, SKT_OPT_KEEPALIVE, 1)) < 0 ||
      (rc = skt_set_option(s, SKT_OPT_NODELAY, 1)) < 0 ||
      (rc = skt_set_option(s, SKT_OPT_SEND_BUFFER, BUFFER_BYTES)) < 0 ||
      (rc = skt_bind(s, local, 0)) < 0) {
    skt_close(s);
  }
  return rc;
}

static int send_all(skt *s, const char *bytes, size_t n) {
  while (n > 0) {
    ptrdiff_t taken = skt_write(s, bytes, n);
    if (taken == SKT_EAGAIN && (taken = wait_for(s, SKT_WRITE)) > 0) {
      continue;
    }
    if (taken < 0) {
      return (int)taken;
    }
    bytes += taken;
    n -= (size_t)taken;
  }
  return 0;
}

static int receive_line(skt *s) {
  char c = '\0';
  while (c != '\n') {
    ptrdiff_t n = skt_read(s, &c, 1);
    if (n == SKT_EAGAIN && (n = wait_for(s, SKT_READ)) > 0) {
      continue;
    }
    if (n <= 0) {
      return n == 0 ? SKT_ENODATA : (int)n;
    }
    putchar(c);
  }
  return 0;
}

static void show(const skt *s) {
  skt_addr local;
  char text[SKT_ADDR_TEXT_MAX] = "";
  skt_local(s, &local);
  skt_addr_format(&local, text, sizeof text);
  printf("from %s: keep-alive %d, no delay %d, send buffer %d\n", text,
         option(s, SKT_OPT_KEEPALIVE), option(s, SKT_OPT_NODELAY),
         option(s, SKT_OPT_SEND_BUFFER));
}

/* Connect, and just write: if the connect failed, the write does. */
static bool talk(skt *s, const char *line, const char *text) {
  skt_addr peer;
  int rc = skt_addr_parse(&peer, text);
  if (rc < 0) {
    return complain("read the address", text, rc);
  }
  if ((skt_kind(s) & SKT_DOMAINS) != skt_addr_domain(&peer)) {
    return complain("connect to", text, SKT_EAFNOSUPPORT);
  }
  rc = skt_connect(s, &peer);
  if (rc < 0 && (rc != SKT_EINPROGRESS || (rc = wait_for(s, SKT_WRITE)) < 0)) {
    return complain("connect to", text, rc);
  }
  if ((rc = send_all(s, line, strlen(line))) < 0 ||
      (rc = send_all(s, "\n", 1)) < 0) {
    return complain("send to", text, rc);
  }
  show(s);
  rc = receive_line(s);
  return rc == 0 || complain("receive from", text, rc);
}

/* A socket that failed to connect is of no use: the next address gets another,
 * with its options and its bind. */
static bool send_to_one(const skt_addr *local, const char *line, char **texts) {
  bool good = false;
  for (char **text = texts; *text != NULL && !good; ++text) {
    skt s = SKT_NONE;
    int rc = new_socket(&s, local);
    if (rc < 0) {
      return complain("make a socket for", *text, rc);
    }
    good = talk(&s, line, *text);
    skt_close(&s);
  }
  return good;
}

int main(int argc, char **argv) {
  skt_addr local;
  if (argc < 4 || parse_host(&local, argv[1], 0) < 0) {
    fprintf(stderr, "usage: moving_sender_after LOCAL LINE ADDRESS...\n");
    return 2;
  }
  return send_to_one(&local, argv[2], argv + 3) ? 0 : 1;
}
