/* SPDX-License-Identifier: MIT */
/* Messages that skt_send and skt_receive refuse, alone and in the middle. */
#include <limits.h>
#include <string.h>

#include "messages.h"
#include "peer.h"
#include "skt_test.h"

enum { TOO_LONG = 65508, TOO_MANY = 1025 };
static char bytes[TOO_LONG];
static char letter[] = "x";
static skt_buffer many[TOO_MANY];

/* How a good message becomes a bad one, and its code. */
typedef struct fault {
  const char *name;
  int code;
  void (*make)(skt_message *m);
} fault;

static void no_data(skt_message *m) { m->data = NULL; }
static void no_peer(skt_message *m) { m->peer = (skt_addr){.length = 0}; }
static void no_size(skt_message *m) { m->n = SIZE_MAX; }
static void too_long(skt_message *m) {
  m->data = bytes;
  m->n = TOO_LONG;
}
static void far_too_long(skt_message *m) {
  m->data = bytes;
  m->n = (size_t)PTRDIFF_MAX;
}
static void too_many(skt_message *m) {
  m->pieces = many;
  m->count = TOO_MANY;
}
static void no_piece(skt_message *m) {
  static const skt_buffer pieces[2] = {{letter, 1}, {NULL, 1}};
  m->pieces = pieces;
  m->count = 2;
}
static void sum_wraps(skt_message *m) {
  static const skt_buffer pieces[3] = {
      {letter, 2}, {letter, SIZE_MAX}, {letter, 1}};
  m->pieces = pieces;
  m->count = 3;
}
static void sum_too_long(skt_message *m) {
  static const skt_buffer pieces[2] = {{bytes, TOO_LONG - 1}, {letter, 1}};
  m->pieces = pieces;
  m->count = 2;
}
static void segment_too_long(skt_message *m) { m->segment = 65536; }
static void segment_wraps(skt_message *m) { m->segment = SIZE_MAX; }
static void segment_of_pieces(skt_message *m) {
  m->pieces = many;
  m->count = 2;
  m->segment = 1;
}
static void train_of_too_long(skt_message *m) {
  m->data = bytes;
  m->n = SIZE_MAX;
  m->segment = 1000;
}
static void use_unknown(skt_message *m) { m->use = 0x40; }
static void use_negative(skt_message *m) { m->use = -1; }
static void use_received(skt_message *m) { m->use = SKT_HAS_TIME; }
static void use_size(skt_message *m) { m->use = SKT_HAS_SIZE; }
static void hops_of(skt_message *m, int hops) {
  m->use = SKT_HAS_HOPS;
  m->hops = hops;
}
static void hops_0(skt_message *m) { hops_of(m, 0); }
static void hops_256(skt_message *m) { hops_of(m, 256); }
static void hops_none(skt_message *m) { hops_of(m, -1); }
static void class_of(skt_message *m, int traffic_class) {
  m->use = SKT_HAS_CLASS;
  m->traffic_class = traffic_class;
}
static void class_300(skt_message *m) { class_of(m, 300); }
static void class_none(skt_message *m) { class_of(m, -1); }
static void device_0(skt_message *m) { m->use = SKT_HAS_DEVICE; }
static void local_none(skt_message *m) { m->use = SKT_HAS_LOCAL; }
static void local_at(skt_message *m, const char *text) {
  m->use = SKT_HAS_LOCAL;
  skt_addr_parse(&m->local, text);
}
static void local_wildcard(skt_message *m) { local_at(m, "0.0.0.0:0"); }
static void local_foreign(skt_message *m) { local_at(m, "[::1]:0"); }
static void peer_at(skt_message *m, const char *text) {
  skt_addr_parse(&m->peer, text);
}
static void peer_foreign(skt_message *m) { peer_at(m, "[::1]:9"); }
static void peer_unix(skt_message *m) { peer_at(m, "unix:skt_no_such"); }
static void peer_port_0(skt_message *m) { peer_at(m, "127.0.0.1:0"); }
static void peer_wildcard(skt_message *m) { peer_at(m, "0.0.0.0:9"); }
static void peer_lies(skt_message *m) { m->peer.length = 100000; }
static void peer_lies_by_little(skt_message *m) { m->peer.length = 7; }
static void peer_broadcast(skt_message *m) { peer_at(m, "255.255.255.255:9"); }

static const fault faults[] = {
    {"no data", SKT_EFAULT, no_data},
    {"no peer", SKT_ENOTCONN, no_peer},
    {"no size", SKT_EINVAL, no_size},
    {"65508 bytes", SKT_EMSGSIZE, too_long},
    {"PTRDIFF_MAX bytes", SKT_EMSGSIZE, far_too_long},
    {"1025 pieces", SKT_EMSGSIZE, too_many},
    {"no piece", SKT_EFAULT, no_piece},
    {"pieces whose sum wraps", SKT_EINVAL, sum_wraps},
    {"pieces too long together", SKT_EMSGSIZE, sum_too_long},
    {"segment 65536", SKT_EINVAL, segment_too_long},
    {"segment SIZE_MAX", SKT_EINVAL, segment_wraps},
    {"segment and pieces", SKT_EINVAL, segment_of_pieces},
    {"train of SIZE_MAX bytes", SKT_EINVAL, train_of_too_long},
    {"use unknown", SKT_EINVAL, use_unknown},
    {"use negative", SKT_EINVAL, use_negative},
    {"use of the time", SKT_EINVAL, use_received},
    {"use of the size", SKT_EINVAL, use_size},
    {"hops 0", SKT_EINVAL, hops_0},
    {"hops 256", SKT_EINVAL, hops_256},
    {"hops -1", SKT_EINVAL, hops_none},
    {"class 300", SKT_EINVAL, class_300},
    {"class -1", SKT_EINVAL, class_none},
    {"device 0", SKT_EINVAL, device_0},
    {"local none", SKT_EINVAL, local_none},
    {"local wildcard", SKT_EINVAL, local_wildcard},
    {"local of IPv6", SKT_EINVAL, local_foreign},
    {"peer of IPv6", SKT_EINVAL, peer_foreign},
    {"peer of unix", SKT_EINVAL, peer_unix},
    {"peer with port 0", SKT_EINVAL, peer_port_0},
    {"peer wildcard", SKT_EINVAL, peer_wildcard},
    {"peer of 100000 bytes", SKT_EINVAL, peer_lies},
    {"peer of 7 bytes", SKT_EINVAL, peer_lies_by_little},
    {"peer broadcast", SKT_EACCES, peer_broadcast},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static bool gives(const fault *f, int rc) {
  return rc == f->code || test_check_str(__FILE__, __LINE__, f->name,
                                         skt_errname(rc), skt_errname(f->code));
}

static void fill_pieces(void) {
  for (int i = 0; i < TOO_MANY; ++i) {
    many[i] = (skt_buffer){letter, 1};
  }
}

/* Alone it takes the way of the short calls, within a limit and without. */
TEST(bad_message, alone_has_its_code) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  fill_pieces();
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  for (int i = 0; i < 2 * FAULTS; ++i) {
    const fault *f = &faults[i % FAULTS];
    size_t sent = 9;
    skt_message m = text_message("x", &at_b);
    f->make(&m);
    CHECK(gives(f, skt_send(&a, &m, 1, &sent)));
    CHECK_EQ(sent, 0);
    CHECK(gives(f, skt_send(&a, &m, 1, NULL)));
    CHECK(i < FAULTS || skt_set_limit(&a, SKT_BOTH, -1) == 0);
  }
  CHECK(is_drained(&b));
  skt_close(&a);
  skt_close(&b);
}

/* Those before it have gone, once, and those behind it have not; what is left
 * can be sent when it is gone. */
static void send_with_a_bad_one(skt *a, skt *b, const skt_addr *at_b,
                                const fault *f) {
  char buffer[3 * 8];
  skt_message m[4] = {text_message("1st", at_b), text_message("2nd", at_b),
                      text_message("bad", at_b), text_message("4th", at_b)};
  skt_message got[3];
  size_t sent = 9;
  f->make(&m[2]);
  CHECK(gives(f, skt_send(a, m, 4, &sent)));
  CHECK_EQ(sent, 2);
  CHECK_EQ(skt_send(a, m + 3, 1, &sent), 0);
  CHECK_EQ(receive_n(b, buffer, 8, got, 3), 3);
  CHECK(is_text(&got[0], "1st"));
  CHECK(is_text(&got[1], "2nd"));
  CHECK(is_text(&got[2], "4th"));
  CHECK(is_drained(b));
}

/* With trains and without, which is another way. */
TEST(bad_message, in_the_middle_stops_the_rest) {
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  fill_pieces();
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  for (int i = 0; i < 2 * FAULTS; ++i) {
    if (i == FAULTS) {
      CHECK_EQ(skt_set_option(&a, SKT_OPT_SEND_TRAINS, 0), 0);
    }
    send_with_a_bad_one(&a, &b, &at_b, &faults[i % FAULTS]);
  }
  skt_close(&a);
  skt_close(&b);
}

TEST(bad_message, peer_that_nobody_listens_at_stops_nothing) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = SKT_NONE, b = SKT_NONE, dead = SKT_NONE;
    skt_addr at_a, at_b, at_dead;
    char buffer[5 * 8];
    skt_message got[5];
    size_t sent;
    CHECK(datagram_at(*domain, &a, &at_a));
    CHECK(datagram_at(*domain, &b, &at_b));
    CHECK(datagram_at(*domain, &dead, &at_dead));
    skt_close(&dead);
    skt_message m[9];
    for (int i = 0; i < 9; ++i) {
      m[i] = text_message(i % 2 == 0 ? "good" : "lost",
                          i % 2 == 0 ? &at_b : &at_dead);
    }
    for (int round = 0; round < 3; ++round) {
      CHECK_EQ(skt_send(&a, m, 9, &sent), 0);
      CHECK_EQ(sent, 9);
      CHECK_EQ(receive_n(&b, buffer, 8, got, 5), 5);
    }
    CHECK(is_drained(&b));
    skt_message back = text_message("back", &at_a);
    CHECK_EQ(skt_send(&b, &back, 1, NULL), 0);
    CHECK_EQ(skt_receive(&a, buffer, sizeof buffer, got, 5), 1);
    skt_close(&a);
    skt_close(&b);
  }
}

TEST(bad_message, longest_one_goes) {
  static char got_bytes[TOO_LONG];
  skt a = SKT_NONE, b = SKT_NONE;
  skt_addr at_a, at_b;
  skt_message got;
  fill_bytes(bytes, sizeof bytes);
  CHECK(datagram_at(SKT_IPV4, &a, &at_a));
  CHECK(datagram_at(SKT_IPV4, &b, &at_b));
  skt_message m[2] = {text_message("x", &at_b),
                      message_of(bytes, TOO_LONG - 1, &at_b)};
  CHECK_EQ(skt_send(&a, m, 2, NULL), 0);
  CHECK_EQ(skt_receive(&b, got_bytes, TOO_LONG, &got, 1), 1);
  CHECK_EQ(skt_receive(&b, got_bytes, TOO_LONG, &got, 1), 1);
  CHECK_EQ(got.n, TOO_LONG - 1);
  CHECK_EQ(memcmp(got_bytes, bytes, TOO_LONG - 1), 0);
  skt_close(&a);
  skt_close(&b);
}

TEST(bad_message, wrong_argument_or_socket_is_told) {
  skt none = SKT_NONE, stream = SKT_NONE, a = SKT_NONE, fresh = SKT_NONE;
  skt_addr at;
  char buffer[8];
  skt_message got;
  size_t sent = 9;
  CHECK(datagram_at(SKT_IPV4, &a, &at));
  CHECK_EQ(skt_socket(&stream, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  skt_message m = text_message("x", &at);
  CHECK_EQ(skt_send(NULL, &m, 1, &sent), SKT_EFAULT);
  CHECK_EQ(sent, 0);
  sent = 9;
  CHECK_EQ(skt_send(&none, &m, 1, &sent), SKT_EBADF);
  CHECK_EQ(sent, 0);
  CHECK_EQ(skt_send(&a, NULL, 1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_send(&stream, &m, 1, NULL), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_send(&stream, NULL, 0, NULL), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_receive(NULL, buffer, 8, &got, 1), SKT_EFAULT);
  CHECK_EQ(skt_receive(&none, buffer, 8, &got, 1), SKT_EBADF);
  CHECK_EQ(skt_receive(&a, NULL, 8, &got, 1), SKT_EFAULT);
  CHECK_EQ(skt_receive(&a, buffer, 8, NULL, 1), SKT_EFAULT);
  CHECK_EQ(skt_receive(&a, buffer, 0, NULL, 1), SKT_EFAULT);
  CHECK_EQ(skt_receive(&a, buffer, 8, &got, 0), SKT_EINVAL);
  CHECK_EQ(skt_receive(&a, buffer, 8, &got, (size_t)INT_MAX + 1), SKT_EINVAL);
  CHECK_EQ(skt_receive(&a, buffer, SIZE_MAX, &got, 1), SKT_EINVAL);
  CHECK_EQ(skt_receive(&stream, buffer, 8, &got, 1), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_receive(&fresh, buffer, 8, &got, 0), SKT_EINVAL);
  CHECK_EQ(skt_local(&fresh, &at), 0);
  CHECK_EQ(skt_addr_port(&at), 0); /* it did nothing */
  skt_close(&a);
  skt_close(&stream);
  skt_close(&fresh);
}

/* From an address of this host that is not there, and by an interface that is
 * not: one code on every system and in both domains. */
TEST(bad_message, local_address_or_interface_that_is_not_here_is_told) {
  static const char *const not_here[] = {"192.0.2.77:0", "[2001:db8::77]:0"};
  NEED_CHOICES();
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt a = SKT_NONE, b = SKT_NONE;
    skt_addr at_a, at_b;
    size_t sent = 9;
    CHECK(datagram_anywhere(*domain, &a, &at_a));
    CHECK(datagram_at(*domain, &b, &at_b));
    skt_message m[3] = {text_message("x", &at_b), text_message("y", &at_b),
                        text_message("z", &at_b)};
    local_at(&m[1], not_here[*domain != SKT_IPV4]);
    CHECK_EQ(skt_send(&a, m, 3, &sent), SKT_EADDRNOTAVAIL);
    CHECK_EQ(sent, 1);
    CHECK_EQ(skt_send(&a, m + 1, 1, &sent), SKT_EADDRNOTAVAIL);
    CHECK_EQ(sent, 0);
    m[2].use = SKT_HAS_DEVICE;
    m[2].device = 1999999999;
    CHECK_EQ(skt_send(&a, m + 2, 1, &sent), SKT_ENODEV);
    m[1].use = m[2].use = SKT_HAS_LOCAL | SKT_HAS_DEVICE;
    m[1].device = m[2].device;
    CHECK_EQ(skt_send(&a, m + 1, 1, &sent), SKT_ENODEV);
    skt_close(&a);
    skt_close(&b);
  }
}
