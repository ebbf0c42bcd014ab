/* SPDX-License-Identifier: MIT */
/* Groups over the fake backend: what each system documents for what does not
 * suit a membership, and what skt makes of it. */
#include "fake_sys.h"
#include "skt_test.h"

#include <limits.h>

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt socket_of(int kind) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, kind);
  return s;
}

static skt_addr address(const char *text) {
  skt_addr a;
  (void)skt_addr_parse(&a, text);
  return a;
}

enum { FAILED_WITHOUT = -5000 }; /* the script was not played */

typedef int call_of_group(skt *s, const skt_addr *group, uint32_t device,
                          const skt_addr *source);

static int block(skt *s, const skt_addr *group, uint32_t device,
                 const skt_addr *source) {
  return skt_block(s, group, device, source, true);
}

static int unblock(skt *s, const skt_addr *group, uint32_t device,
                   const skt_addr *source) {
  return skt_block(s, group, device, source, false);
}

/* What a call returns when the system returns this, and knows the socket as
 * such a member; calls of the mode before and after are counted. */
static int after(call_of_group *call, bool with_source, const char *name,
                 int native, int mode, int before, int behind) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM | SKT_BOUND);
  skt_addr group = address("239.1.2.3:7"), source = address("10.0.0.1:9");
  fake_step steps[4] = {{NULL, 0}};
  int n = 0;
  if (before != 0) {
    steps[n++] = (fake_step){"group_mode", mode};
  }
  steps[n++] = (fake_step){name, native};
  if (behind != 0) {
    steps[n++] = (fake_step){"group_mode", mode};
  }
  fake_script(steps);
  int rc = call(&s, &group, 3, with_source ? &source : NULL);
  return fake_trouble() == NULL ? rc : FAILED_WITHOUT;
}

/* Linux; macOS and the BSDs; Windows. */
TEST(group_seam, joining_what_is_joined_has_one_code) {
  static const struct {
    bool source;
    int native, mode, want;
  } cases[] = {
      {false, SKT_EADDRINUSE, SKT__OF_ANY, SKT_EADDRINUSE},
      {false, SKT_EADDRNOTAVAIL, SKT__OF_ANY, SKT_EADDRINUSE},
      {false, SKT_EADDRINUSE, SKT__OF_SOURCES, SKT_EINVAL},
      {false, SKT_EADDRNOTAVAIL, SKT__OF_SOURCES, SKT_EINVAL},
      {false, SKT_EADDRNOTAVAIL, SKT__NO_MEMBER, SKT_ENODEV},
      {true, SKT_EADDRNOTAVAIL, SKT__OF_SOURCES, SKT_EADDRINUSE},
      {true, SKT_EADDRNOTAVAIL, SKT__NO_MEMBER, SKT_ENODEV},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
    CHECK_EQ(after(skt_join, cases[i].source, "join", cases[i].native,
                   cases[i].mode, cases[i].source, 1),
             cases[i].want);
  }
}

TEST(group_seam, joining_reports_other_codes_as_they_are) {
  static const int codes[][2] = {{0, 0},
                                 {SKT_EINVAL, SKT_EINVAL},
                                 {SKT_ENODEV, SKT_ENODEV},
                                 {SKT_ENOBUFS, SKT_ENOBUFS},
                                 {SKT_ENOMEM, SKT_ENOMEM},
                                 {SKT_ENOPROTOOPT, SKT_EOPNOTSUPP},
                                 {SKT_EOPNOTSUPP, SKT_EOPNOTSUPP}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    CHECK_EQ(after(skt_join, false, "join", codes[i][0], 0, 0, 0), codes[i][1]);
    CHECK_EQ(after(skt_join, true, "join", codes[i][0], 0, 1, 0), codes[i][1]);
  }
}

/* Of a member of any source, Linux would narrow the membership, and Windows
 * says that the address is not available. */
TEST(group_seam, source_beside_any_source_never_reaches_the_system) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM | SKT_BOUND);
  skt_addr group = address("239.1.2.3:0"), source = address("10.0.0.1:0");
  PLAY({"group_mode", SKT__OF_ANY}, {"group_mode", SKT__OF_ANY});
  CHECK_EQ(skt_join(&s, &group, 0, &source), SKT_EINVAL);
  CHECK_EQ(skt_leave(&s, &group, 0, &source), SKT_EADDRNOTAVAIL);
  CHECK_PLAYED();
}

TEST(group_seam, leaving_what_is_not_joined_has_one_code) {
  static const int natives[] = {SKT_EADDRNOTAVAIL, SKT_EINVAL, SKT_ENODEV};
  for (size_t i = 0; i < sizeof natives / sizeof *natives; ++i) {
    CHECK_EQ(after(skt_leave, false, "leave", natives[i], 0, 0, 0),
             SKT_EADDRNOTAVAIL);
    CHECK_EQ(after(skt_leave, true, "leave", natives[i], 0, 1, 0),
             SKT_EADDRNOTAVAIL);
    CHECK_EQ(after(block, true, "block", natives[i], SKT__OF_SOURCES, 0, 1),
             SKT_EADDRNOTAVAIL);
    CHECK_EQ(after(block, true, "block", natives[i], SKT__OF_ANY, 0, 1),
             SKT_EADDRINUSE);
    CHECK_EQ(after(unblock, true, "unblock", natives[i], SKT__OF_ANY, 0, 0),
             SKT_EADDRNOTAVAIL);
  }
  CHECK_EQ(after(skt_leave, false, "leave", 0, 0, 0, 0), 0);
  CHECK_EQ(after(block, true, "block", 0, 0, 0, 0), 0);
  CHECK_EQ(after(block, true, "block", SKT_ENOBUFS, 0, 0, 0), SKT_ENOBUFS);
  CHECK_EQ(after(unblock, true, "unblock", 0, 0, 0, 0), 0);
}

TEST(group_seam, port_is_left_out_and_the_scope_is_the_interface) {
  skt s = socket_of(SKT_IPV6 | SKT_DATAGRAM | SKT_BOUND);
  skt_addr group = address("[ff15::1%7]:99"), source = address("[2001::1]:9");
  PLAY({"join", 0}, {"group_mode", 0}, {"join", 0});
  CHECK_EQ(skt_join(&s, &group, 0, NULL), 0);
  CHECK_EQ(fake_device, 7);
  CHECK_EQ(skt_addr_port(&fake_group), 0);
  CHECK_EQ(skt_addr_domain(&fake_source), SKT_EINVAL);
  CHECK_EQ(skt_join(&s, &group, 7, &source), 0);
  CHECK_EQ(skt_addr_port(&fake_source), 0);
  CHECK_PLAYED();
  CHECK_EQ(skt_join(&s, &group, 8, NULL), SKT_EINVAL);
}

/* macOS: the level of IPv4 is an invalid argument for an IPv6 socket. */
TEST(group_seam, ipv4_group_of_an_ipv6_socket_works_or_is_not_supported) {
  static const int codes[][2] = {{0, 0},
                                 {SKT_EINVAL, SKT_EOPNOTSUPP},
                                 {SKT_ENOPROTOOPT, SKT_EOPNOTSUPP},
                                 {SKT_ENOBUFS, SKT_ENOBUFS}};
  skt dual = socket_of(SKT_IPV6 | SKT_DATAGRAM | SKT_BOUND | SKT_DUAL_STACK);
  skt six = socket_of(SKT_IPV6 | SKT_DATAGRAM | SKT_BOUND);
  skt_addr group = address("239.1.2.3:0");
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"join", codes[i][0]});
    CHECK_EQ(skt_join(&dual, &group, 1, NULL), codes[i][1]);
    CHECK_PLAYED();
  }
  PLAY({"close", 0});
  CHECK_EQ(skt_join(&six, &group, 1, NULL), SKT_EINVAL);
  CHECK_STR(fake_trouble(), "close");
}

/* A raw socket needs no address. */
TEST(group_seam, socket_that_cannot_join_never_reaches_the_system) {
  static const int refused[][2] = {
      {SKT_IPV4 | SKT_STREAM | SKT_CONNECTED, SKT_EOPNOTSUPP},
      {SKT_IPV4 | SKT_SEQPACKET | SKT_BOUND, SKT_EOPNOTSUPP},
      {SKT_IPV4 | SKT_DATAGRAM, SKT_EINVAL},
      {SKT_UNIX | SKT_DATAGRAM | SKT_BOUND, SKT_EINVAL}};
  skt raw = socket_of(SKT_IPV4 | SKT_RAW);
  skt_addr group = address("239.1.2.3:0");
  PLAY({"join", 0});
  for (size_t i = 0; i < sizeof refused / sizeof *refused; ++i) {
    skt s = socket_of(refused[i][0]);
    CHECK_EQ(skt_join(&s, &group, 1, NULL), refused[i][1]);
    CHECK_EQ(skt_leave(&s, &group, 1, NULL), refused[i][1]);
  }
  CHECK_EQ(skt_join(&raw, &group, 1, NULL), 0);
  CHECK_PLAYED();
}

/* Whether bind asks the system to keep foreign groups away. */
static bool bind_asks(int kind, const char *text) {
  skt s = socket_of(kind);
  skt_addr at = address(text);
  fake_only_joined = false;
  PLAY({"bind", 0});
  return skt_bind(&s, &at, 0) == 0 && fake_only_joined;
}

TEST(group_seam, wildcard_of_a_datagram_socket_keeps_foreign_groups_away) {
  CHECK(bind_asks(SKT_IPV4 | SKT_DATAGRAM, "0.0.0.0:7"));
  CHECK(bind_asks(SKT_IPV6 | SKT_DATAGRAM, "[::]:7"));
  CHECK(!bind_asks(SKT_IPV4 | SKT_DATAGRAM, "127.0.0.1:7"));
  CHECK(!bind_asks(SKT_IPV6 | SKT_DATAGRAM, "[::1]:7"));
  CHECK(!bind_asks(SKT_IPV4 | SKT_STREAM, "0.0.0.0:7"));
  CHECK(!bind_asks(SKT_UNIX | SKT_DATAGRAM, "unix:/tmp/x"));
}

TEST(group_seam, receiving_without_an_address_keeps_foreign_groups_away) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM);
  char byte;
  fake_only_joined = false;
  PLAY({"bind", 0}, {"receive", 1});
  CHECK_EQ(skt_receive_from(&s, &byte, 1, NULL, NULL), 1);
  CHECK(fake_only_joined);
  CHECK_PLAYED();
}

TEST(group_seam, group_is_never_bound) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM);
  skt_addr group = address("239.1.2.3:7");
  PLAY({"close", 0});
  CHECK_EQ(skt_bind(&s, &group, SKT_SHARE_MULTICAST), SKT_EINVAL);
  CHECK_STR(fake_trouble(), "close");
}

/* macOS; on others the call has no such code. */
TEST(group_seam, too_long_for_the_path_is_reported_with_a_peer_alone) {
  skt s = socket_of(SKT_IPV4 | SKT_DATAGRAM | SKT_BOUND);
  skt connected = socket_of(SKT_IPV4 | SKT_DATAGRAM | SKT_CONNECTED);
  skt_addr from, to = address("10.0.0.1:9");
  char bytes[4] = {0};
  PLAY({"receive", SKT_EMSGSIZE}, {"receive", 3}, {"receive", SKT_EMSGSIZE},
       {"receive", 2}, {"receive", SKT_EMSGSIZE}, {"send_to", SKT_EMSGSIZE},
       {"send_to", SKT_ENOBUFS});
  CHECK_EQ(skt_receive_from(&s, bytes, 4, &from, NULL), 3);
  CHECK_EQ(skt_receive_from(&s, bytes, 4, NULL, NULL), 2);
  CHECK_EQ(skt_receive_from(&connected, bytes, 4, &from, NULL), SKT_EMSGSIZE);
  CHECK_EQ(skt_send_to(&s, bytes, 4, &to), SKT_EMSGSIZE);
  /* The BSDs: the queue of the interface is full, on a blocking socket too. */
  CHECK_EQ(skt_send_to(&s, bytes, 4, &to), SKT_ENOBUFS);
  CHECK_PLAYED();
}
