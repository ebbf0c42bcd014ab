/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include <string.h>

#include "peer.h"

enum { PATIENCE_MS = 5000, ROOM = 1 << 20 };

static bool bound_at(skt *s, skt_addr *at) {
  return skt_set_option(s, SKT_OPT_RECEIVE_BUFFER, ROOM) == 0 &&
         skt_bind(s, at, 0) == 0 && skt_local(s, at) == 0 &&
         skt_set_limit(s, SKT_BOTH, PATIENCE_MS) == 0;
}

bool datagram_at(int domain, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 && bound_at(s, at);
}

bool train_receiver(int domain, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 &&
         skt_set_option(s, SKT_OPT_RECEIVE_TRAINS, 1) == 0 && bound_at(s, at);
}

bool datagram_anywhere(int domain, skt *s, skt_addr *at) {
  skt_addr wildcard;
  *at = loopback(domain);
  return skt_addr_parse(&wildcard,
                        domain == SKT_IPV4 ? "0.0.0.0:0" : "[::]:0") == 0 &&
         skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 &&
         bound_at(s, &wildcard) &&
         skt_addr_set_port(at, skt_addr_port(&wildcard)) == 0;
}

skt_message message_of(const void *data, size_t n, const skt_addr *peer) {
  skt_message m = SKT_NONE;
  m.data = (void *)(uintptr_t)data;
  m.n = n;
  if (peer != NULL) {
    m.peer = *peer;
  }
  return m;
}

skt_message text_message(const char *text, const skt_addr *peer) {
  return message_of(text, strlen(text), peer);
}

bool is_text(const skt_message *m, const char *text) {
  return m->n == strlen(text) && memcmp(m->data, text, m->n) == 0;
}

size_t receive_n(skt *s, char *buffer, size_t part, skt_message *m, size_t n) {
  size_t done = 0;
  while (done < n) {
    int rc = skt_receive(s, buffer + done * part, (n - done) * part, m + done,
                         n - done);
    if (rc <= 0) {
      break;
    }
    done += (size_t)rc;
  }
  return done;
}

bool is_drained(skt *s) { return skt_wait(s, SKT_READ, 0, NULL) == 0; }

void fill_bytes(char *bytes, size_t n) {
  uint32_t x = 1;
  for (size_t i = 0; i < n; ++i) {
    x = x * 1664525 + 1013904223;
    bytes[i] = (char)(x >> 24);
  }
}

bool trains_here(void) {
  skt s = SKT_NONE;
  skt_addr at;
  int value = 0;
  bool both = train_receiver(SKT_IPV4, &s, &at) &&
              skt_get_option(&s, SKT_OPT_SEND_TRAINS, &value) == 0;
  skt_close(&s);
  return both && value == 1;
}

bool chooses_here(void) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  char buffer[8];
  bool tried = datagram_at(SKT_IPV4, &a, &at_a) &&
               datagram_at(SKT_IPV4, &b, &at_b) &&
               skt_set_option(&b, SKT_OPT_RECEIVE_HOPS, 1) == 0;
  skt_message m = text_message("hops", &at_b), got = SKT_NONE;
  m.use = SKT_HAS_HOPS;
  m.hops = 77;
  tried = tried && skt_send(&a, &m, 1, NULL) == 0 &&
          receive_n(&b, buffer, sizeof buffer, &got, 1) == 1;
  skt_close(&a);
  skt_close(&b);
  return tried && got.hops == 77;
}
