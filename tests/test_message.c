/* SPDX-License-Identifier: MIT */
/* skt_send, skt_receive, skt_next. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static skt_message text_message(const char *text) {
  skt_message m = SKT_NONE;
  m.data = (void *)(uintptr_t)text;
  m.n = strlen(text);
  return m;
}

static bool is_text(const skt_message *m, const char *text) {
  return m->n == strlen(text) && memcmp(m->data, text, m->n) == 0;
}

/* A bound socket; with the wildcard, `at` is where to reach it on loopback. */
static bool receiver(int domain, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 &&
         skt_bind(s, at, 0) == 0 && skt_local(s, at) == 0 &&
         skt_set_limit(s, SKT_BOTH, 5000) == 0;
}

TEST(messages, go_and_arrive_in_order_with_their_peer) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = SKT_NONE, b = SKT_NONE;
    skt_addr at_a, at_b;
    char buffer[3 * 100];
    skt_message m[3] = {text_message("one"), text_message("second"),
                        text_message("")};
    skt_message got[3];
    size_t sent = 9;
    CHECK(receiver(*domain, &a, &at_a));
    CHECK(receiver(*domain, &b, &at_b));
    m[0].peer = m[1].peer = m[2].peer = at_b;
    CHECK_EQ(skt_send(&a, m, 3, &sent), 0);
    CHECK_EQ(sent, 3);
    memset(got, 0xff, sizeof got);
    size_t n = 0;
    while (n < 3) {
      int rc = skt_receive(&b, buffer + 100 * n, sizeof buffer - 100 * n,
                           got + n, 3 - n);
      CHECK(rc > 0);
      n += (size_t)rc;
    }
    CHECK(is_text(&got[0], "one"));
    CHECK(is_text(&got[1], "second"));
    CHECK(is_text(&got[2], ""));
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(skt_addr_compare(&got[i].peer, &at_a), 0);
      CHECK_EQ(got[i].has, SKT_HAS_SIZE);
      CHECK_EQ(got[i].use, 0);
      CHECK_EQ(got[i].size, got[i].n);
      CHECK_EQ(got[i].segment, 0);
      CHECK_EQ(got[i].device, 0);
      CHECK(got[i].pieces == NULL);
      CHECK(!got[i].cut);
      CHECK(skt_addr_domain(&got[i].local) < 0);
    }
    skt_close(&a);
    skt_close(&b);
  }
}
