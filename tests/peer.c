/* SPDX-License-Identifier: MIT */
#include "peer.h"

#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

skt_addr loopback(int domain) {
  skt_addr a;
  skt_addr_parse(&a, domain == SKT_IPV4 ? "127.0.0.1:0" : "[::1]:0");
  return a;
}

bool ipv6_here(void) {
  skt s = {0};
  skt_addr a = loopback(SKT_IPV6);
  bool can =
      skt_socket(&s, SKT_IPV6, SKT_STREAM, 0) == 0 && skt_bind(&s, &a, 0) == 0;
  skt_close(&s);
  return can;
}

const int *domains_here(void) {
  static const int both[] = {SKT_IPV4, SKT_IPV6, 0}, one[] = {SKT_IPV4, 0};
  return ipv6_here() ? both : one;
}

bool bind_loopback(int domain, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, SKT_STREAM, 0) == 0 && skt_bind(s, at, 0) == 0 &&
         skt_local(s, at) == 0;
}

bool listen_loopback(int domain, skt *s, skt_addr *at) {
  return bind_loopback(domain, s, at) && skt_listen(s, 0) == 0;
}

bool connect_pair(int domain, skt *client, skt *server) {
  skt listener = {0};
  skt_addr at;
  bool made = listen_loopback(domain, &listener, &at) &&
              skt_socket(client, domain, SKT_STREAM, 0) == 0 &&
              skt_connect(client, &at) == 0 &&
              skt_accept(&listener, server, NULL, 0) == 0;
  skt_close(&listener);
  return made;
}

/* Closing with unread bytes resets a connection (RFC 2525 2.17). */
bool reset_by(skt *dead, skt *end) {
  return skt_write(end, "unread", 6) == 6 &&
         skt_wait(dead, SKT_READ, PATIENCE_MS, NULL) == SKT_READ &&
         skt_close(dead) == 0 && skt_wait(end, SKT_READ, PATIENCE_MS, NULL) > 0;
}

size_t read_n(skt *s, void *buffer, size_t n) {
  size_t done = 0;
  while (done < n) {
    ptrdiff_t got = skt_read(s, (char *)buffer + done, n - done);
    if (got <= 0) {
      break;
    }
    done += (size_t)got;
  }
  return done;
}

uintptr_t highest_of_eight(void) {
  skt s[8] = {{0}};
  uintptr_t highest = 0;
  for (int i = 0; i < 8; ++i) {
    skt_socket(&s[i], SKT_IPV4, SKT_STREAM, 0);
    highest = skt_native(&s[i]) > highest ? skt_native(&s[i]) : highest;
  }
  for (int i = 0; i < 8; ++i) {
    skt_close(&s[i]);
  }
  return highest;
}

bool ipv4_loopback_at(int port, skt_addr *out) {
  char text[32];
  snprintf(text, sizeof text, "127.0.0.1:%d", port);
  return skt_addr_parse(out, text) == 0;
}

void write_later(void *s) {
  skt never = {0};
  skt_addr at;
  listen_loopback(SKT_IPV4, &never, &at);
  skt_wait(&never, SKT_READ, 50, NULL);
  skt_close(&never);
  skt_write(s, "x", 1);
}

bool text_begins(const skt_addr *a, const char *begin) {
  char text[SKT_ADDR_TEXT_MAX];
  return skt_addr_format(a, text, sizeof text) > 0 &&
         strncmp(text, begin, strlen(begin)) == 0;
}
