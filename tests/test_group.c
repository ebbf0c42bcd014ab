/* SPDX-License-Identifier: MIT */
/* Groups, on the loopback interface. What has not arrived is shown by what was
 * sent after it and has. ci/run/groups.sh has two hosts. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

#define NO_WAY "no route to IPv6 groups by the loopback interface"

static bool is_linux(void) {
  skt_addr a; /* the one system with abstract names */
  return skt_addr_parse(&a, "unix:@skt") == 0;
}

static uint32_t loopback_device(void) {
  static skt_interface all[1000];
  int n = skt_interfaces(all, 1000);
  int i = 0;
  while (i < n && i < 1000 && (all[i].flags & SKT_IF_LOOPBACK) == 0) {
    ++i;
  }
  return i < n && i < 1000 ? all[i].index : 0;
}

static skt_addr group_of(int domain) {
  skt_addr a;
  (void)skt_addr_parse(
      &a, domain == SKT_IPV4 ? "239.255.77.1:0" : "[ff15::77:1]:0");
  return a;
}

static skt_addr address(const char *text) {
  skt_addr a;
  (void)skt_addr_parse(&a, text);
  return a;
}

/* A socket that is bound to the wildcard, and its port. */
static bool bind_any(int domain, skt *s, int *port, int flags) {
  skt_addr at;
  if (skt_addr_any(&at, domain, *port) < 0 ||
      skt_socket(s, domain, SKT_DATAGRAM, 0) < 0 ||
      skt_bind(s, &at, flags) < 0 || skt_set_limit(s, SKT_READ, 20000) < 0 ||
      skt_local(s, &at) < 0) {
    return false;
  }
  *port = skt_addr_port(&at);
  return true;
}

static bool open_member(int domain, skt *s, int *port) {
  *port = 0;
  return bind_any(domain, s, port, 0);
}

/* A socket that sends from the loopback address, to groups by its interface. */
static bool open_sender(int domain, skt *s) {
  skt_addr at = loopback(domain);
  return skt_socket(s, domain, SKT_DATAGRAM, 0) == 0 &&
         skt_bind(s, &at, 0) == 0 &&
         skt_set_option(s, SKT_OPT_MULTICAST_DEVICE, (int)loopback_device()) ==
             0;
}

/* To the group, and to the one address. Both return what skt_send_to does. */
static ptrdiff_t send_group(skt *s, int domain, int port, const char *text) {
  skt_addr to = group_of(domain);
  (void)skt_addr_set_port(&to, port);
  return skt_send_to(s, text, strlen(text), &to);
}

static ptrdiff_t send_own(skt *s, int domain, int port, const char *text) {
  skt_addr to = loopback(domain);
  (void)skt_addr_set_port(&to, port);
  return skt_send_to(s, text, strlen(text), &to);
}

/* The next message, as text; or its code. */
static const char *next_of(skt *s) {
  static char text[40];
  ptrdiff_t n = skt_receive_from(s, text, sizeof text - 1, NULL, NULL);
  text[n > 0 ? n : 0] = '\0';
  return n < 0 ? skt_errname((int)n) : text;
}

/* Whether what is sent to a group over IPv6 finds a way; on Linux loopback has
 * none by itself. */
static bool has_way(int domain) {
  skt s = {0};
  bool sent = open_sender(domain, &s) && send_group(&s, domain, 9, "") == 0;
  skt_close(&s);
  return sent;
}

static void receive_as_member(int domain) {
  uint32_t device = loopback_device();
  skt member = {0}, sender = {0};
  skt_addr group = group_of(domain);
  int port;
  CHECK(open_member(domain, &member, &port));
  CHECK(open_sender(domain, &sender));
  CHECK_EQ(skt_join(&member, &group, device, NULL), 0);
  CHECK_EQ(send_group(&sender, domain, port, "first"), 5);
  CHECK_STR(next_of(&member), "first");
  CHECK_EQ(skt_leave(&member, &group, device, NULL), 0);
  CHECK_EQ(send_group(&sender, domain, port, "second"), 6);
  CHECK_EQ(send_own(&sender, domain, port, "third"), 5);
  CHECK_STR(next_of(&member), "third");
  skt_close(&member);
  skt_close(&sender);
}

TEST(group, member_receives_what_is_sent_to_it) { receive_as_member(SKT_IPV4); }

TEST(group, member_receives_what_is_sent_to_it_over_ipv6) {
  if (!ipv6_here() || !has_way(SKT_IPV6)) {
    SKIP(NO_WAY);
  }
  receive_as_member(SKT_IPV6);
}

/* What arrives of a message to a group that another socket has joined, and of
 * one that is sent after it. */
static const char *hear_as_stranger(int domain, int flags) {
  skt member = {0}, other = {0}, sender = {0};
  skt_addr group = group_of(domain);
  int port, elsewhere = 0;
  const char *got = "no sockets";
  if (open_member(domain, &member, &port) &&
      bind_any(flags != 0 ? SKT_IPV6 : domain, &other, &elsewhere, flags) &&
      open_sender(domain, &sender) &&
      skt_join(&member, &group, loopback_device(), NULL) == 0 &&
      send_group(&sender, domain, elsewhere, "group's") == 7 &&
      send_own(&sender, domain, elsewhere, "own") == 3) {
    got = next_of(&other);
  }
  skt_close(&member);
  skt_close(&other);
  skt_close(&sender);
  return got;
}

/* Linux without IP_MULTICAST_ALL 0 gives a message to every socket of the port,
 * once any process has joined. */
#define CHECK_HEARS_OWN_ONLY(domain, flags)                                    \
  do {                                                                         \
    const char *got = hear_as_stranger(domain, flags);                         \
    if (strcmp(got, "group's") == 0 && !is_linux()) {                          \
      SKIP("Wine receives what Linux gives it");                               \
    }                                                                          \
    CHECK_STR(got, "own");                                                     \
  } while (0)

TEST(group, who_has_not_joined_receives_nothing) {
  CHECK_HEARS_OWN_ONLY(SKT_IPV4, 0);
}

TEST(group, who_has_not_joined_receives_nothing_over_ipv6) {
  if (!ipv6_here() || !has_way(SKT_IPV6)) {
    SKIP(NO_WAY);
  }
  CHECK_HEARS_OWN_ONLY(SKT_IPV6, 0);
  CHECK_HEARS_OWN_ONLY(SKT_IPV6, SKT_DUAL_STACK);
}

TEST(group, dual_stack_socket_that_has_not_joined_receives_nothing) {
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK_HEARS_OWN_ONLY(SKT_IPV4, SKT_DUAL_STACK);
}

/* It joins after other code has bound it: skt_join switches off what skt_bind
 * could not. */
TEST(group, adopted_socket_receives_only_what_it_has_joined) {
  uint32_t device = loopback_device();
  skt member = {0}, other = {0}, sender = {0};
  skt_addr group = group_of(SKT_IPV4), second = address("239.255.77.2:0");
  int port, elsewhere;
  CHECK(open_member(SKT_IPV4, &member, &port));
  CHECK(open_member(SKT_IPV4, &other, &elsewhere));
  CHECK(open_sender(SKT_IPV4, &sender));
  if (!test_hear_all_groups(skt_native(&other))) {
    SKIP("only Linux has IP_MULTICAST_ALL");
  }
  CHECK_EQ(skt_adopt(&other, skt_release(&other), 0), 0);
  CHECK_EQ(skt_join(&member, &group, device, NULL), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, elsewhere, "first"), 5);
  CHECK_STR(next_of(&other), "first");
  CHECK_EQ(skt_join(&other, &second, device, NULL), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, elsewhere, "second"), 6);
  CHECK_EQ(send_own(&sender, SKT_IPV4, elsewhere, "own"), 3);
  CHECK_STR(next_of(&other), "own");
  skt_close(&member);
  skt_close(&other);
  skt_close(&sender);
}

TEST(group, sockets_that_share_a_port_all_receive) {
  uint32_t device = loopback_device();
  skt first = {0}, second = {0}, sender = {0};
  skt_addr group = group_of(SKT_IPV4);
  int port = 0;
  CHECK(bind_any(SKT_IPV4, &first, &port, SKT_SHARE_MULTICAST));
  CHECK(bind_any(SKT_IPV4, &second, &port, SKT_SHARE_MULTICAST));
  CHECK(open_sender(SKT_IPV4, &sender));
  CHECK_EQ(skt_join(&first, &group, device, NULL), 0);
  CHECK_EQ(skt_join(&second, &group, device, NULL), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "to both"), 7);
  CHECK_STR(next_of(&first), "to both");
  CHECK_STR(next_of(&second), "to both");
  skt_close(&first);
  skt_close(&second);
  skt_close(&sender);
}

/* What systems have nearly swapped codes for. False if the system chooses no
 * interface. */
static bool join_and_leave_twice(int domain, uint32_t device) {
  skt s = {0};
  skt_addr group = group_of(domain);
  int port;
  bool open = open_member(domain, &s, &port);
  bool none = skt_leave(&s, &group, device, NULL) == SKT_EADDRNOTAVAIL;
  int rc = skt_join(&s, &group, device, NULL);
  int twice = skt_join(&s, &group, device, NULL);
  int left = skt_leave(&s, &group, device, NULL);
  int again = skt_leave(&s, &group, device, NULL);
  int anew = skt_join(&s, &group, device, NULL);
  skt_close(&s);
  if (rc == SKT_ENODEV && device == 0) {
    return false;
  }
  test_check(__FILE__, __LINE__, "leaving before", open && none);
  test_check_eq(__FILE__, __LINE__, "joined", rc, 0);
  test_check_eq(__FILE__, __LINE__, "twice", twice, SKT_EADDRINUSE);
  test_check_eq(__FILE__, __LINE__, "left", left, 0);
  test_check_eq(__FILE__, __LINE__, "left twice", again, SKT_EADDRNOTAVAIL);
  test_check_eq(__FILE__, __LINE__, "joined anew", anew, 0);
  return true;
}

TEST(group, joined_twice_or_left_twice_has_its_code) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    CHECK(join_and_leave_twice(*domain, loopback_device()));
  }
}

TEST(group, system_chooses_an_interface_or_reports_enodev) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    if (!join_and_leave_twice(*domain, 0)) {
      SKIP("the system chooses no interface for a group");
    }
  }
}

#define NO_CODES "Wine 8 reports one code, whatever is wrong with a membership"

/* Whether the system distinguishes what is wrong: it does, but for Wine. */
static bool has_codes(void) {
  skt s = {0};
  skt_addr group = group_of(SKT_IPV4), source = loopback(SKT_IPV4);
  int port;
  bool has = is_linux() ||
             (open_member(SKT_IPV4, &s, &port) &&
              skt_join(&s, &group, loopback_device(), &source) == 0 &&
              skt_join(&s, &group, loopback_device(), &source) != SKT_EINVAL);
  skt_close(&s);
  return has;
}

/* Two senders of a domain that need not be there. */
static const char *const senders[][2] = {{"127.0.0.1:0", "127.0.0.2:0"},
                                         {"[::1]:0", "[::2]:0"}};

/* Whether this system joins single sources of this domain. */
static bool has_sources(int domain) {
  skt s = {0};
  skt_addr group = group_of(domain), source = loopback(domain);
  int port;
  bool has = open_member(domain, &s, &port) &&
             skt_join(&s, &group, loopback_device(), &source) != SKT_EOPNOTSUPP;
  skt_close(&s);
  return has;
}

static void mix_sources(int domain) {
  uint32_t device = loopback_device();
  skt s = {0};
  skt_addr group = group_of(domain);
  skt_addr one = address(senders[domain == SKT_IPV6][0]);
  skt_addr two = address(senders[domain == SKT_IPV6][1]);
  int port;
  CHECK(open_member(domain, &s, &port));
  CHECK_EQ(skt_leave(&s, &group, device, &one), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_block(&s, &group, device, &one, true), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_join(&s, &group, device, &one), 0);
  CHECK_EQ(skt_join(&s, &group, device, &one), SKT_EADDRINUSE);
  CHECK_EQ(skt_join(&s, &group, device, NULL), SKT_EINVAL);
  CHECK_EQ(skt_block(&s, &group, device, &one, true), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_leave(&s, &group, device, &two), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_join(&s, &group, device, &two), 0);
  CHECK_EQ(skt_leave(&s, &group, device, &one), 0);
  CHECK_EQ(skt_leave(&s, &group, device, &one), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_leave(&s, &group, device, NULL), 0); /* the other source */
  CHECK_EQ(skt_leave(&s, &group, device, &two), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_join(&s, &group, device, NULL), 0);
  CHECK_EQ(skt_join(&s, &group, device, &one), SKT_EINVAL);
  CHECK_EQ(skt_leave(&s, &group, device, &one), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_block(&s, &group, device, &one, false), SKT_EADDRNOTAVAIL);
  CHECK_EQ(skt_block(&s, &group, device, &one, true), 0);
  CHECK_EQ(skt_block(&s, &group, device, &one, true), SKT_EADDRINUSE);
  CHECK_EQ(skt_join(&s, &group, device, &two), SKT_EINVAL);
  CHECK_EQ(skt_block(&s, &group, device, &one, false), 0);
  CHECK_EQ(skt_leave(&s, &group, device, NULL), 0);
  skt_close(&s);
}

TEST(group, sources_and_any_source_do_not_mix) {
  if (!has_codes()) {
    SKIP(NO_CODES);
  }
  mix_sources(SKT_IPV4);
}

TEST(group, sources_and_any_source_do_not_mix_over_ipv6) {
  if (!ipv6_here() || !has_sources(SKT_IPV6)) {
    SKIP("no sources of IPv6 groups (Wine 8)");
  }
  mix_sources(SKT_IPV6);
}

/* Linux by itself: the first refusal would narrow the membership, the second
 * would leave it without any source. */
TEST(group, refused_source_changes_no_membership) {
  uint32_t device = loopback_device();
  skt member = {0}, sender = {0};
  skt_addr group = group_of(SKT_IPV4), other = address("127.9.9.9:0");
  int port;
  if (!has_codes()) {
    SKIP(NO_CODES);
  }
  CHECK(open_member(SKT_IPV4, &member, &port));
  CHECK(open_sender(SKT_IPV4, &sender));
  CHECK_EQ(skt_join(&member, &group, device, NULL), 0);
  CHECK_EQ(skt_join(&member, &group, device, &other), SKT_EINVAL);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "first"), 5);
  CHECK_EQ(send_own(&sender, SKT_IPV4, port, "own"), 3);
  CHECK_STR(next_of(&member), "first");
  CHECK_STR(next_of(&member), "own");
  CHECK_EQ(skt_leave(&member, &group, device, &other), SKT_EADDRNOTAVAIL);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "second"), 6);
  CHECK_EQ(send_own(&sender, SKT_IPV4, port, "own"), 3);
  CHECK_STR(next_of(&member), "second");
  skt_close(&member);
  skt_close(&sender);
}

TEST(group, source_is_received_and_others_are_not) {
  uint32_t device = loopback_device();
  skt member = {0}, sender = {0};
  skt_addr group = group_of(SKT_IPV4), other = address("127.9.9.9:0");
  skt_addr source = loopback(SKT_IPV4);
  int port;
  CHECK(open_sender(SKT_IPV4, &sender));
  CHECK(open_member(SKT_IPV4, &member, &port));
  CHECK_EQ(skt_join(&member, &group, device, &other), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "first"), 5);
  CHECK_EQ(send_own(&sender, SKT_IPV4, port, "own"), 3);
  CHECK_STR(next_of(&member), "own");
  CHECK_EQ(skt_join(&member, &group, device, &source), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "second"), 6);
  CHECK_STR(next_of(&member), "second");
  CHECK_EQ(skt_leave(&member, &group, device, &source), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "third"), 5);
  CHECK_EQ(send_own(&sender, SKT_IPV4, port, "own"), 3);
  CHECK_STR(next_of(&member), "own");
  skt_close(&member);
  skt_close(&sender);
}

TEST(group, blocked_source_is_not_received_until_it_is_unblocked) {
  uint32_t device = loopback_device();
  skt member = {0}, sender = {0};
  skt_addr group = group_of(SKT_IPV4), source = loopback(SKT_IPV4);
  int port;
  CHECK(open_member(SKT_IPV4, &member, &port));
  CHECK(open_sender(SKT_IPV4, &sender));
  CHECK_EQ(skt_join(&member, &group, device, NULL), 0);
  CHECK_EQ(skt_block(&member, &group, device, &source, true), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "blocked"), 7);
  CHECK_EQ(send_own(&sender, SKT_IPV4, port, "own"), 3);
  CHECK_STR(next_of(&member), "own");
  CHECK_EQ(skt_block(&member, &group, device, &source, false), 0);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "not blocked"), 11);
  CHECK_STR(next_of(&member), "not blocked");
  skt_close(&member);
  skt_close(&sender);
}

TEST(group, dual_stack_socket_joins_ipv4_groups_or_reports_eopnotsupp) {
  uint32_t device = loopback_device();
  skt member = {0}, sender = {0};
  skt_addr group = group_of(SKT_IPV4);
  int port = 0;
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK(bind_any(SKT_IPV6, &member, &port, SKT_DUAL_STACK));
  CHECK(open_sender(SKT_IPV4, &sender));
  int rc = skt_join(&member, &group, device, NULL);
  if (rc == SKT_EOPNOTSUPP) {
    skt_close(&member);
    skt_close(&sender);
    SKIP("no IPv4 groups for IPv6 sockets here");
  }
  CHECK_EQ(rc, 0);
  CHECK_EQ(skt_join(&member, &group, device, NULL), SKT_EADDRINUSE);
  CHECK_EQ(send_group(&sender, SKT_IPV4, port, "by IPv4"), 7);
  CHECK_STR(next_of(&member), "by IPv4");
  CHECK_EQ(skt_leave(&member, &group, device, NULL), 0);
  skt_close(&member);
  skt_close(&sender);
}

TEST(group, scope_of_a_group_is_its_interface) {
  uint32_t device = loopback_device();
  skt s = {0};
  skt_addr group = group_of(SKT_IPV6);
  int port;
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK(open_member(SKT_IPV6, &s, &port));
  CHECK_EQ(skt_addr_set_scope(&group, device), 0);
  CHECK_EQ(skt_join(&s, &group, device + 1, NULL), SKT_EINVAL);
  CHECK_EQ(skt_join(&s, &group, 0, NULL), 0);
  CHECK_EQ(skt_join(&s, &group, device, NULL), SKT_EADDRINUSE);
  CHECK_EQ(skt_addr_set_scope(&group, 0), 0);
  CHECK_EQ(skt_leave(&s, &group, device, NULL), 0);
  skt_close(&s);
}

TEST(group, port_has_no_meaning) {
  uint32_t device = loopback_device();
  skt s = {0};
  skt_addr group = address("239.255.77.1:7"), same = group_of(SKT_IPV4);
  skt_addr source = address("127.0.0.1:9"), peer = loopback(SKT_IPV4);
  int port;
  CHECK(open_member(SKT_IPV4, &s, &port));
  CHECK_EQ(skt_join(&s, &group, device, &source), 0);
  CHECK_EQ(skt_leave(&s, &same, device, &peer), 0);
  skt_close(&s);
}

TEST(group, argument_that_does_not_fit_reports_einval) {
  static const char *const bad_groups[] = {
      "127.0.0.1:0",          "0.0.0.0:0",
      "255.255.255.255:0",    "[ff15::1]:0",
      "[::ffff:239.1.2.3]:0", "unix:/tmp/skt"};
  static const char *const bad_sources[] = {"0.0.0.0:0", "239.1.2.3:0",
                                            "[::1]:0", "unix:/tmp/skt"};
  uint32_t device = loopback_device();
  skt s = {0}, six = {0};
  skt_addr group = group_of(SKT_IPV4), none = {0};
  skt_addr source = loopback(SKT_IPV4);
  int port;
  CHECK(open_member(SKT_IPV4, &s, &port));
  for (size_t i = 0; i < sizeof bad_groups / sizeof *bad_groups; ++i) {
    skt_addr bad = address(bad_groups[i]);
    CHECK_EQ(skt_join(&s, &bad, device, NULL), SKT_EINVAL);
    CHECK_EQ(skt_leave(&s, &bad, device, NULL), SKT_EINVAL);
    CHECK_EQ(skt_block(&s, &bad, device, &source, true), SKT_EINVAL);
  }
  for (size_t i = 0; i < sizeof bad_sources / sizeof *bad_sources; ++i) {
    skt_addr bad = address(bad_sources[i]);
    CHECK_EQ(skt_join(&s, &group, device, &bad), SKT_EINVAL);
    CHECK_EQ(skt_block(&s, &group, device, &bad, true), SKT_EINVAL);
  }
  CHECK_EQ(skt_join(&s, &none, device, NULL), SKT_EINVAL);
  CHECK_EQ(skt_join(&s, &group, device, &none), SKT_EINVAL);
  if (ipv6_here()) { /* without SKT_DUAL_STACK */
    CHECK(open_member(SKT_IPV6, &six, &port));
    CHECK_EQ(skt_join(&six, &group, device, NULL), SKT_EINVAL);
  }
  skt_close(&s);
  skt_close(&six);
}

TEST(group, socket_of_another_type_or_state_is_refused) {
  skt stream = {0}, fresh = {0};
  skt_addr group = group_of(SKT_IPV4), at = loopback(SKT_IPV4);
  CHECK_EQ(skt_socket(&stream, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&stream, &at, 0), 0);
  CHECK_EQ(skt_join(&stream, &group, 0, NULL), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_leave(&stream, &group, 0, NULL), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_block(&stream, &group, 0, &at, true), SKT_EOPNOTSUPP);
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_join(&fresh, &group, 0, NULL), SKT_EINVAL);
  skt_close(&stream);
  skt_close(&fresh);
}

TEST(group, interface_that_is_not_there_reports_enodev) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    skt_addr group = group_of(*domain), source = loopback(*domain);
    int port;
    CHECK(open_member(*domain, &s, &port));
    CHECK_EQ(skt_join(&s, &group, 7654321, NULL), SKT_ENODEV);
    if (has_sources(*domain)) {
      CHECK_EQ(skt_join(&s, &group, 7654321, &source), SKT_ENODEV);
    }
    CHECK_EQ(skt_leave(&s, &group, 7654321, NULL), SKT_EADDRNOTAVAIL);
    skt_close(&s);
  }
}

/* Linux: igmp_max_memberships is 20, igmp_max_msf 10 (ip(7)). */
TEST(group, more_than_the_system_allows_report_enobufs) {
  uint32_t device = loopback_device();
  skt s = {0};
  int port, rc = 0, i;
  if (!has_codes()) {
    SKIP(NO_CODES);
  }
  CHECK(open_member(SKT_IPV4, &s, &port));
  for (i = 0; i < 5000 && rc == 0; ++i) {
    uint8_t bytes[4] = {239, 254, (uint8_t)(i / 250), (uint8_t)(i % 250)};
    skt_addr group;
    CHECK_EQ(skt_addr_from_bytes(&group, bytes, 4, 0), 0);
    rc = skt_join(&s, &group, device, NULL);
  }
  skt_close(&s);
  if (rc == 0) {
    SKIP("this system lets a socket join 5,000 groups");
  }
  CHECK_EQ(rc, SKT_ENOBUFS);
}

TEST(group, is_no_address_to_bind) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    skt_addr group = group_of(*domain);
    CHECK_EQ(skt_socket(&s, *domain, SKT_DATAGRAM, 0), 0);
    CHECK_EQ(skt_bind(&s, &group, 0), SKT_EINVAL);
    CHECK_EQ(skt_bind(&s, &group, SKT_SHARE_MULTICAST), SKT_EINVAL);
    skt_close(&s);
  }
}
