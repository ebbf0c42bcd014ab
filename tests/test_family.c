/* SPDX-License-Identifier: MIT */
/* Every kind of socket that a system may have, and sockets that need no
 * connection. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { PATIENCE_MS = 10000, ICMP = 1, TCP = 6, UDP = 17, SCTP = 132 };

static const int domains[] = {SKT_IPV4, SKT_IPV6, SKT_UNIX};
static const int types[] = {SKT_STREAM, SKT_DATAGRAM, SKT_SEQPACKET,
                            SKT_RAW,    SKT_RDM,      SKT_PACKET};
static const int protocols[] = {0, ICMP, TCP, UDP, SCTP, 262, 1 << 20};

enum {
  DOMAINS = sizeof domains / sizeof *domains,
  TYPES = sizeof types / sizeof *types,
  PROTOCOLS = sizeof protocols / sizeof *protocols
};

/* What skt_supports should say of what skt_socket has said. */
static bool agree(int rc, int domain, int answer) {
  switch (rc) {
  case 0:
    return answer == 1 || (answer == 0 && domain == SKT_IPV6);
  case SKT_EAFNOSUPPORT:
  case SKT_EPROTONOSUPPORT:
    return answer == 0;
  case SKT_EACCES:
    return answer == SKT_EACCES;
  default:
    return false;
  }
}

TEST(kinds, every_combination_is_made_or_has_one_of_three_codes) {
  for (int i = 0; i < DOMAINS * TYPES * PROTOCOLS; ++i) {
    int domain = domains[i % DOMAINS];
    int type = types[i / DOMAINS % TYPES];
    int protocol = protocols[i / DOMAINS / TYPES];
    skt s = {0};
    int rc = skt_socket(&s, domain, type, protocol);
    int answer = skt_supports(domain, type, protocol);
    skt_close(&s);
    if (!agree(rc, domain, answer)) {
      CHECK_EQ(domain | type, protocol); /* shows which */
      CHECK_EQ(rc, answer);
    }
  }
}

/* What is missing is the domain, whatever type was asked for. */
TEST(kinds, missing_domain_is_named_for_every_type) {
  static const int asked[] = {SKT_STREAM, SKT_DATAGRAM, SKT_SEQPACKET};
  int streams = 0;
  for (int i = 0; i < 3; ++i) {
    skt s = {0};
    int rc = skt_socket(&s, SKT_UNIX, asked[i], 0);
    skt_close(&s);
    streams = i == 0 ? rc : streams;
    CHECK_EQ(rc == SKT_EAFNOSUPPORT, streams == SKT_EAFNOSUPPORT);
  }
}

TEST(kinds, ipv4_has_streams_and_datagrams_everywhere) {
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_STREAM, 0), 1);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_STREAM, TCP), 1);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_DATAGRAM, 0), 1);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_DATAGRAM, UDP), 1);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_STREAM, UDP), 0);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_DATAGRAM, TCP), 0);
}

TEST(kinds, ipv6_is_supported_where_its_loopback_can_be_bound) {
  CHECK_EQ(skt_supports(SKT_IPV6, SKT_STREAM, 0), ipv6_here());
  CHECK_EQ(skt_supports(SKT_IPV6, SKT_DATAGRAM, 0), ipv6_here());
}

TEST(kinds, what_no_system_has_reports_eprotonosupport) {
  skt s = {0};
  for (int i = 0; i < DOMAINS; ++i) {
    CHECK_EQ(skt_socket(&s, domains[i], SKT_PACKET, 0), SKT_EPROTONOSUPPORT);
    CHECK_EQ(skt_socket(&s, domains[i], SKT_RAW, 0), SKT_EPROTONOSUPPORT);
    CHECK_EQ(skt_supports(domains[i], SKT_PACKET, 0), 0);
  }
  CHECK_EQ(skt_socket(&s, SKT_UNIX, SKT_RAW, ICMP), SKT_EPROTONOSUPPORT);
}

/* SCTP, and reliable datagrams: the usual machine has neither. */
TEST(kinds, missing_protocol_reports_eprotonosupport) {
  skt s = {0};
  int shown = 0;
  if (skt_supports(SKT_IPV4, SKT_SEQPACKET, SCTP) == 0) {
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_SEQPACKET, SCTP),
             SKT_EPROTONOSUPPORT);
    ++shown;
  }
  if (skt_supports(SKT_IPV4, SKT_RDM, 0) == 0) {
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_RDM, 0), SKT_EPROTONOSUPPORT);
    ++shown;
  }
  if (shown == 0) {
    SKIP("this system has SCTP and reliable datagrams");
  }
}

TEST(kinds, nonsense_is_einval_and_no_answer) {
  CHECK_EQ(skt_supports(0, SKT_STREAM, 0), SKT_EINVAL);
  CHECK_EQ(skt_supports(4, SKT_STREAM, 0), SKT_EINVAL);
  CHECK_EQ(skt_supports(SKT_IPV4, 0, 0), SKT_EINVAL);
  CHECK_EQ(skt_supports(SKT_IPV4, 0x70, 0), SKT_EINVAL);
  CHECK_EQ(skt_supports(SKT_IPV4, 0x18, 0), SKT_EINVAL);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_STREAM, -1), SKT_EINVAL);
  CHECK_EQ(skt_supports(SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), SKT_EINVAL);
}

/* An ICMP echo request: type 8, code 0, its checksum, number and sequence. */
TEST(kinds, raw_socket_sends_and_reads_packets) {
  static const unsigned char echo[] = {8, 0, 0xf7, 0xff, 0, 0, 0, 0};
  unsigned char packet[256];
  skt s = {0};
  skt_addr to = loopback(SKT_IPV4);
  int rc = skt_socket(&s, SKT_IPV4, SKT_RAW, ICMP);
  if (rc == SKT_EACCES) {
    SKIP("raw sockets need a privilege that this process lacks");
  }
  CHECK_EQ(rc, 0);
  CHECK_EQ(skt_connect(&s, &to), 0); /* port 0 is fine here */
  CHECK_EQ(skt_write(&s, echo, sizeof echo), sizeof echo);
  CHECK_EQ(skt_wait(&s, SKT_READ, PATIENCE_MS, NULL), SKT_READ);
  CHECK(skt_read(&s, packet, sizeof packet) >= 20 + (int)sizeof echo);
  CHECK_EQ(packet[0] >> 4, 4); /* IPv4 comes with its header */
  CHECK_EQ(packet[9], ICMP);
  CHECK_EQ(skt_listen(&s, 0), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), SKT_EINVAL);
  skt_close(&s);
}

TEST(kinds, accepted_socket_is_of_the_listeners_kind) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt client = {0}, server = {0};
    skt_addr at;
    CHECK(connect_pair(*domain, &client, &server));
    CHECK_EQ(skt_bind(&server, &at, SKT_SHARE_MULTICAST), SKT_EINVAL);
    CHECK_EQ(skt_local(&server, &at), 0);
    CHECK_EQ(skt_addr_domain(&at), *domain);
    CHECK_EQ(skt_shutdown(&server, SKT_WRITE), 0); /* a stream */
    skt_close(&client);
    skt_close(&server);
  }
}

/* Datagram sockets. */

static bool bind_datagram(int domain, skt *s, skt_addr *at) {
  *at = loopback(domain);
  return skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 &&
         skt_bind(s, at, 0) == 0 && skt_local(s, at) == 0;
}

/* Two that have each other as peer. */
static bool datagram_pair(int domain, skt *a, skt *b) {
  skt_addr at_a, at_b;
  return bind_datagram(domain, a, &at_a) && bind_datagram(domain, b, &at_b) &&
         skt_connect(a, &at_b) == 0 && skt_connect(b, &at_a) == 0;
}

TEST(datagram, messages_stay_apart_and_0_is_an_empty_one) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    char got[16];
    CHECK(datagram_pair(*domain, &a, &b));
    CHECK_EQ(skt_write(&a, "one", 3), 3);
    CHECK_EQ(skt_write(&a, "", 0), 0);
    CHECK_EQ(skt_write(&a, NULL, 0), 0);
    CHECK_EQ(skt_write(&a, "three", 5), 5);
    CHECK_EQ(skt_read(&b, got, sizeof got), 3);
    CHECK_EQ(skt_read(&b, got, sizeof got), 0);
    CHECK_EQ(skt_read(&b, NULL, 0), 0); /* takes the other empty one */
    CHECK_EQ(skt_read(&b, got, sizeof got), 5);
    CHECK_EQ(memcmp(got, "three", 5), 0);
    CHECK_EQ(skt_wait(&b, SKT_READ, 0, NULL), 0);
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(datagram, nonblocking_read_of_nothing_reports_eagain) {
  skt a = {0}, b = {0};
  char got[16];
  CHECK(datagram_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_blocking(&b, false), 0);
  CHECK_EQ(skt_read(&b, got, sizeof got), SKT_EAGAIN);
  CHECK_EQ(skt_read(&b, NULL, 0), SKT_EAGAIN);
  skt_close(&a);
  skt_close(&b);
}

TEST(datagram, unconnected_socket_reads_and_cannot_write) {
  skt a = {0}, b = {0};
  skt_addr at;
  char got[16];
  CHECK(bind_datagram(SKT_IPV4, &a, &at));
  CHECK_EQ(skt_wait(&a, SKT_READ, 0, NULL), 0);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_ENOTCONN);
  CHECK_EQ(skt_write(&a, "", 0), SKT_ENOTCONN);
  CHECK_EQ(skt_socket(&b, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_write(&b, "x", 1), SKT_ENOTCONN);
  CHECK_EQ(skt_connect(&b, &at), 0);
  CHECK_EQ(skt_connect_finish(&b), 0);
  CHECK_EQ(skt_write(&b, "hello", 5), 5);
  CHECK_EQ(skt_wait(&a, SKT_READ, PATIENCE_MS, NULL), SKT_READ);
  CHECK_EQ(skt_read(&a, got, sizeof got), 5);
  skt_close(&a);
  skt_close(&b);
}

/* A stranger for each message: one that sends to a connected socket may be
 * told that nobody is there. */
static bool send_from_stranger(const skt_addr *to, const char *text,
                               skt_addr *from) {
  skt s = {0};
  ptrdiff_t n = (ptrdiff_t)strlen(text);
  bool sent = bind_datagram(SKT_IPV4, &s, from) && skt_connect(&s, to) == 0 &&
              skt_write(&s, text, (size_t)n) == n;
  skt_close(&s);
  return sent;
}

TEST(datagram, connected_socket_hears_its_peer_only_until_disconnected) {
  skt a = {0}, b = {0};
  skt_addr at_a, at_b, at;
  char got[16];
  CHECK(bind_datagram(SKT_IPV4, &a, &at_a));
  CHECK(bind_datagram(SKT_IPV4, &b, &at_b));
  CHECK_EQ(skt_connect(&a, &at_b), 0);
  CHECK_EQ(skt_connect(&a, &at_b), SKT_EISCONN);
  CHECK(send_from_stranger(&at_a, "lost", &at));
  CHECK_EQ(skt_wait(&a, SKT_READ, 50, NULL), 0);

  CHECK_EQ(skt_disconnect(&a), 0);
  CHECK_EQ(skt_disconnect(&a), SKT_ENOTCONN);
  CHECK_EQ(skt_write(&a, "x", 1), SKT_ENOTCONN);
  CHECK_EQ(skt_peer(&a, &at), SKT_ENOTCONN);
  CHECK(send_from_stranger(&at_a, "heard", &at));
  CHECK_EQ(skt_wait(&a, SKT_READ, PATIENCE_MS, NULL), SKT_READ);
  CHECK_EQ(skt_read(&a, got, sizeof got), 5);
  CHECK_EQ(skt_connect(&a, &at_b), 0); /* and another peer may follow */
  CHECK_EQ(skt_write(&a, "x", 1), 1);
  CHECK_EQ(skt_read(&b, got, sizeof got), 1);
  skt_close(&a);
  skt_close(&b);
}

TEST(datagram, disconnected_socket_keeps_its_port) {
  skt a = {0}, b = {0};
  skt_addr at_a, at_b, now;
  CHECK(bind_datagram(SKT_IPV4, &a, &at_a));
  CHECK_EQ(skt_connect(&a, &at_a), 0);
  CHECK_EQ(skt_disconnect(&a), 0);
  CHECK_EQ(skt_local(&a, &now), 0);
  CHECK_EQ(memcmp(&at_a, &now, sizeof now), 0);

  CHECK_EQ(skt_socket(&b, SKT_IPV4, SKT_DATAGRAM, 0), 0); /* never bound */
  CHECK_EQ(skt_connect(&b, &at_a), 0);
  CHECK_EQ(skt_local(&b, &at_b), 0);
  CHECK(skt_addr_port(&at_b) > 0);
  CHECK_EQ(skt_disconnect(&b), 0);
  CHECK_EQ(skt_local(&b, &now), 0);
  CHECK_EQ(skt_addr_port(&now), skt_addr_port(&at_b));
  skt_close(&a);
  skt_close(&b);
}

TEST(datagram, what_needs_a_connection_is_refused) {
  skt s = {0}, out = {0}, stream = {0};
  skt_addr at, bad;
  CHECK(bind_datagram(SKT_IPV4, &s, &at));
  CHECK_EQ(skt_listen(&s, 0), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_accept(&s, &out, NULL, 0), SKT_EINVAL);
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), SKT_EINVAL);
  CHECK_EQ(skt_disconnect(&s), SKT_ENOTCONN);
  CHECK_EQ(skt_connect(&s, &at), 0); /* to itself, why not */
  CHECK_EQ(skt_shutdown(&s, SKT_BOTH), SKT_EINVAL);
  CHECK_EQ(skt_disconnect(&s), 0);
  bad = loopback(SKT_IPV4);
  CHECK_EQ(skt_connect(&s, &bad), SKT_EINVAL); /* port 0 */
  CHECK_EQ(skt_addr_parse(&bad, "0.0.0.0:9"), 0);
  CHECK_EQ(skt_connect(&s, &bad), SKT_EINVAL);
  CHECK_EQ(skt_socket(&stream, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_disconnect(&stream), SKT_EINVAL);
  skt_close(&stream);
  skt_close(&s);
}

/* As in test_native.c: what skt then knows must be what it knew. */
static int readopt(skt *s, int kind) {
  return skt_adopt(s, skt_release(s), kind);
}

TEST(datagram, adopted_socket_is_asked_what_it_is) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = {0}, b = {0};
    skt_addr at_a, at_b;
    char got[16];
    CHECK_EQ(skt_socket(&a, *domain, SKT_DATAGRAM, 0), 0);
    CHECK_EQ(readopt(&a, 0), 0);
    at_a = loopback(*domain);
    CHECK_EQ(skt_bind(&a, &at_a, 0), 0); /* fresh */
    CHECK_EQ(skt_local(&a, &at_a), 0);
    CHECK_EQ(readopt(&a, 0), 0);
    CHECK_EQ(skt_bind(&a, &at_a, 0), SKT_EINVAL); /* bound */
    CHECK_EQ(skt_listen(&a, 0), SKT_EOPNOTSUPP);  /* a datagram socket */
    CHECK(bind_datagram(*domain, &b, &at_b));
    CHECK_EQ(skt_connect(&b, &at_a), 0);
    CHECK_EQ(readopt(&b, 0), 0);
    CHECK_EQ(skt_write(&b, "x", 1), 1); /* connected */
    CHECK_EQ(readopt(&a, *domain | SKT_DATAGRAM | SKT_BOUND), 0);
    CHECK_EQ(skt_read(&a, got, sizeof got), 1); /* told */
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(datagram, adopted_raw_socket_is_known_too) {
  skt s = {0};
  skt_addr to = loopback(SKT_IPV4);
  if (skt_socket(&s, SKT_IPV4, SKT_RAW, ICMP) == SKT_EACCES) {
    SKIP("raw sockets need a privilege that this process lacks");
  }
  CHECK_EQ(readopt(&s, 0), 0);
  CHECK_EQ(skt_listen(&s, 0), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_bind(&s, &to, 0), 0); /* fresh until now */
  CHECK_EQ(readopt(&s, 0), 0);
  CHECK_EQ(skt_bind(&s, &to, 0), SKT_EINVAL);
  skt_close(&s);
}
