/* SPDX-License-Identifier: MIT */
/* Every option on every kind of socket, from one table, with the same
 * expectations on every system. What a system may lack is probed, and a test of
 * its own for each tells whether it was there. */
#include <limits.h>
#include <stdio.h>

#include "peer.h"
#include "skt_test.h"

typedef struct kind {
  const char *name;
  int domain, type;
} kind;

static const kind kinds[] = {
    {"TCP over IPv4", SKT_IPV4, SKT_STREAM},
    {"TCP over IPv6", SKT_IPV6, SKT_STREAM},
    {"UDP over IPv4", SKT_IPV4, SKT_DATAGRAM},
    {"UDP over IPv6", SKT_IPV6, SKT_DATAGRAM},
    {"unix stream", SKT_UNIX, SKT_STREAM},
    {"unix datagram", SKT_UNIX, SKT_DATAGRAM},
    {"unix seqpacket", SKT_UNIX, SKT_SEQPACKET},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Kinds that options are for. */
static bool all(const kind *k) { return k->domain != 0; }
static bool internet(const kind *k) {
  return k->domain == SKT_IPV4 || k->domain == SKT_IPV6;
}
static bool tcp(const kind *k) { return internet(k) && k->type == SKT_STREAM; }
static bool ipv6(const kind *k) { return k->domain == SKT_IPV6; }
static bool messages(const kind *k) {
  return internet(k) && k->type != SKT_STREAM;
}
static bool ipv4_messages(const kind *k) {
  return k->domain == SKT_IPV4 && k->type != SKT_STREAM;
}

typedef struct spec {
  const char *name;
  int option;
  bool (*fits)(const kind *);
  int low, high; /* its range */
  int values[2]; /* in range, and read back as they are */
  int instead;   /* SKT_EOPNOTSUPP if a system may lack it; or another code
                      that a system or a process may get when setting */
} spec;

#define OPTION(option) #option, option
static const spec specs[] = {
    {OPTION(SKT_OPT_KEEPALIVE), tcp, 0, 1, {1, 0}, 0},
    {OPTION(SKT_OPT_KEEPALIVE_IDLE),
     tcp,
     1,
     32767,
     {33, 32767},
     SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_KEEPALIVE_INTERVAL),
     tcp,
     1,
     32767,
     {1, 32767},
     SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_KEEPALIVE_COUNT), tcp, 1, 127, {1, 127}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_NODELAY), tcp, 0, 1, {1, 0}, 0},
    {OPTION(SKT_OPT_SEND_BUFFER), all, 1, INT_MAX / 2, {65536, 8192}, 0},
    {OPTION(SKT_OPT_RECEIVE_BUFFER), all, 1, INT_MAX / 2, {65536, 8192}, 0},
    {OPTION(SKT_OPT_HOPS), internet, 1, 255, {1, 255}, 0},
    {OPTION(SKT_OPT_TRAFFIC_CLASS),
     internet,
     0,
     255,
     {0xb8, 0},
     SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_V6ONLY), ipv6, 0, 1, {0, 1}, 0},
    {OPTION(SKT_OPT_BROADCAST), ipv4_messages, 0, 1, {1, 0}, 0},
    {OPTION(SKT_OPT_USER_TIMEOUT),
     tcp,
     0,
     INT_MAX,
     {7000, 30000},
     SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_DEVICE), internet, 0, 0xffffff, {0, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_MARK), internet, 0, INT_MAX, {0, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_CORK), tcp, 0, 1, {1, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_FAST_OPEN_CONNECT), tcp, 0, 1, {1, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_DEFER_ACCEPT), tcp, 0, 32767, {7, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_LOW_WATER), tcp, 1, INT_MAX / 2, {1000, 1}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_PRIORITY), internet, 0, 6, {6, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_FREEBIND), internet, 0, 1, {1, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_BIND_NO_PORT), tcp, 0, 1, {1, 0}, SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_MULTICAST_HOPS), messages, 0, 255, {0, 255}, 0},
    {OPTION(SKT_OPT_MULTICAST_LOOP), messages, 0, 1, {0, 1}, 0},
    {OPTION(SKT_OPT_MULTICAST_DEVICE),
     messages,
     0,
     0xffffff,
     {0, 0},
     SKT_EOPNOTSUPP},
    {OPTION(SKT_OPT_DONT_FRAGMENT), messages, 0, 1, {1, 0}, SKT_EOPNOTSUPP},
};
enum { SPECS = sizeof specs / sizeof *specs };

/* One option on one socket of one kind. */
typedef bool experiment(skt *s, const kind *k, const spec *o);

/* A failure is reported with the option and the kind. */
static bool is(const kind *k, const spec *o, const char *what, int got,
               int want) {
  char text[160];
  snprintf(text, sizeof text, "%s of %s: %s", o->name, k->name, what);
  return test_check_eq(__FILE__, __LINE__, text, got, want);
}

/* Do it for all options and all kinds that can be opened here. */
static bool for_all(experiment *each) {
  for (int i = 0; i < KINDS * SPECS; ++i) {
    const kind *k = &kinds[i / SPECS];
    const spec *o = &specs[i % SPECS];
    skt s = {0};
    if (skt_socket(&s, k->domain, k->type, 0) < 0) {
      continue; /* whether it should is tested elsewhere */
    }
    bool good = each(&s, k, o);
    skt_close(&s);
    if (!good) {
      return false;
    }
  }
  return true;
}

static bool has_default(skt *s, const kind *k, const spec *o) {
  int value = -1;
  int rc = skt_get_option(s, o->option, &value);
  if (!o->fits(k) || (rc < 0 && rc == o->instead)) {
    return is(k, o, "value after an error", value, 0);
  }
  return is(k, o, "reading the default", rc, 0) &&
         is(k, o, "default in range", value >= 0 && value <= o->high, true);
}

TEST(option, every_default_can_be_read) { CHECK(for_all(has_default)); }

/* Linux: a mark needs a privilege, before 5.7 an interface too; the BSDs: an
 * address of another host. */
static bool needs_leave(const spec *o) {
  return o->option == SKT_OPT_MARK || o->option == SKT_OPT_DEVICE ||
         o->option == SKT_OPT_FREEBIND;
}

static bool reads_back(skt *s, const kind *k, const spec *o) {
  for (int i = 0; i < 2 && o->fits(k); ++i) {
    int value = -1;
    int rc = skt_set_option(s, o->option, o->values[i]);
    if (rc < 0 && (rc == o->instead || (rc == SKT_EACCES && needs_leave(o)))) {
      return true;
    }
    if (!is(k, o, "setting", rc, 0)) {
      return false;
    }
    rc = skt_get_option(s, o->option, &value);
    if (rc == SKT_EOPNOTSUPP && (o->option == SKT_OPT_KEEPALIVE_IDLE ||
                                 o->option == SKT_OPT_MULTICAST_DEVICE)) {
      return true; /* documented: set, but not read */
    }
    if (!is(k, o, "reading", rc, 0) ||
        !is(k, o, "value read", value, o->values[i])) {
      return false;
    }
  }
  return true;
}

TEST(option, what_is_set_is_read) { CHECK(for_all(reads_back)); }

/* What lies beyond changes nothing. */
static bool range_is_kept(skt *s, const kind *k, const spec *o) {
  int bad[] = {INT_MIN, -1, o->low - 1,
               o->high < INT_MAX ? o->high + 1 : INT_MIN,
               o->high < INT_MAX ? INT_MAX : INT_MIN};
  int before = -1, after = -1;
  int had = skt_get_option(s, o->option, &before);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    if (!is(k, o, "out of range", skt_set_option(s, o->option, bad[i]),
            SKT_EINVAL)) {
      return false;
    }
  }
  return is(k, o, "read again", skt_get_option(s, o->option, &after), had) &&
         is(k, o, "value after refusals", after, before);
}

TEST(option, value_out_of_range_reports_einval) {
  CHECK(for_all(range_is_kept));
}

static bool bounds_are_taken(skt *s, const kind *k, const spec *o) {
  int bounds[] = {o->high, o->low};
  for (int i = 0; i < 2 && o->fits(k) && !needs_leave(o); ++i) {
    int rc = skt_set_option(s, o->option, bounds[i]);
    if (rc == SKT_ENODEV && o->option == SKT_OPT_MULTICAST_DEVICE) {
      continue; /* no interface has this number */
    }
    if (rc != o->instead && !is(k, o, "bound", rc, 0)) {
      return false;
    }
  }
  return true;
}

TEST(option, bounds_of_the_range_are_taken) {
  CHECK(for_all(bounds_are_taken));
}

static bool other_kind_is_refused(skt *s, const kind *k, const spec *o) {
  int value = -1;
  return o->fits(k) ||
         (is(k, o, "setting", skt_set_option(s, o->option, o->values[0]),
             SKT_EINVAL) &&
          is(k, o, "reading", skt_get_option(s, o->option, &value),
             SKT_EINVAL) &&
          is(k, o, "value", value, 0));
}

TEST(option, socket_of_another_kind_reports_einval) {
  CHECK(for_all(other_kind_is_refused));
}

TEST(option, unknown_one_reports_einval) {
  static const int unknown[] = {0, -1, 9999, INT_MAX, INT_MIN};
  skt s = {0};
  int value = -1;
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  for (size_t i = 0; i < sizeof unknown / sizeof *unknown; ++i) {
    CHECK_EQ(skt_set_option(&s, unknown[i], 1), SKT_EINVAL);
    CHECK_EQ(skt_get_option(&s, unknown[i], &value), SKT_EINVAL);
    CHECK_EQ(value, 0);
  }
  skt_close(&s);
}

/* Read an option, or its code. */
static int get(const skt *s, int option) {
  int value;
  int rc = skt_get_option(s, option, &value);
  return rc < 0 ? rc : value;
}

TEST(option, new_and_accepted_sockets_have_the_systems_defaults) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt fresh = {0}, a = {0}, b = {0};
    CHECK_EQ(skt_socket(&fresh, *domain, SKT_STREAM, 0), 0);
    CHECK(connect_pair(*domain, &a, &b));
    const skt *all_three[] = {&fresh, &a, &b};
    for (int i = 0; i < 3; ++i) {
      CHECK_EQ(get(all_three[i], SKT_OPT_NODELAY), 0);
      CHECK_EQ(get(all_three[i], SKT_OPT_KEEPALIVE), 0);
      CHECK_EQ(get(all_three[i], SKT_OPT_V6ONLY),
               *domain == SKT_IPV6 ? 1 : SKT_EINVAL);
    }
    skt_close(&fresh);
    skt_close(&a);
    skt_close(&b);
  }
}

/* Options and values that every system has. */
static const int common[][2] = {{SKT_OPT_KEEPALIVE, 1},
                                {SKT_OPT_NODELAY, 1},
                                {SKT_OPT_SEND_BUFFER, 50000},
                                {SKT_OPT_RECEIVE_BUFFER, 60000},
                                {SKT_OPT_HOPS, 33}};
enum { INHERITED = 4, COMMON = sizeof common / sizeof *common };

static bool set_common(skt *s) {
  for (int i = 0; i < COMMON; ++i) {
    if (skt_set_option(s, common[i][0], common[i][1]) != 0) {
      return false;
    }
  }
  return true;
}

static bool has_common(const skt *s, int n) {
  for (int i = 0; i < n; ++i) {
    if (!test_check_eq(__FILE__, __LINE__, "option", get(s, common[i][0]),
                       common[i][1])) {
      return false;
    }
  }
  return true;
}

TEST(option, set_before_connecting_is_in_force_after) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, s = {0};
    skt_addr at;
    CHECK(listen_loopback(*domain, &listener, &at));
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    CHECK(set_common(&s));
    CHECK(has_common(&s, COMMON));
    CHECK_EQ(skt_connect(&s, &at), 0);
    CHECK(has_common(&s, COMMON));
    CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 0), 0); /* and changes */
    CHECK_EQ(get(&s, SKT_OPT_NODELAY), 0);
    skt_close(&s);
    skt_close(&listener);
  }
}

TEST(option, accepted_socket_starts_with_its_listeners) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt listener = {0}, client = {0}, server = {0};
    skt_addr at;
    CHECK(listen_loopback(*domain, &listener, &at));
    CHECK(set_common(&listener));
    CHECK_EQ(skt_socket(&client, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &at), 0);
    CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
    CHECK(has_common(&server, INHERITED));
    CHECK_EQ(get(&client, SKT_OPT_NODELAY), 0);
    skt_close(&server);
    skt_close(&client);
    skt_close(&listener);
  }
}

/* A pending connect refuses options: see test_connect.c. */
TEST(option, connect_that_has_ended_refuses_none) {
  skt listener = {0}, s = {0};
  skt_addr at;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_KEEPALIVE, 1), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_EINPROGRESS);
  CHECK_EQ(skt_wait(&s, SKT_WRITE, 10000, NULL), SKT_WRITE);
  CHECK_EQ(get(&s, SKT_OPT_KEEPALIVE), 1);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 1), 0);
  CHECK_EQ(get(&s, SKT_OPT_NODELAY), 1);
  skt_close(&s);
  skt_close(&listener);
}

static bool takes_all(skt *s) {
  for (int i = 0; i < COMMON; ++i) {
    if (!test_check_eq(__FILE__, __LINE__, "setting on what is gone",
                       skt_set_option(s, common[i][0], common[i][1]), 0)) {
      return false;
    }
  }
  return true;
}

TEST(option, connection_that_is_gone_is_set_silently) {
  skt a = {0}, b = {0};
  char byte;
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK(reset_by(&b, &a));
  CHECK(takes_all(&a));
  CHECK_EQ(skt_read(&a, &byte, 1), SKT_ECONNRESET);
  CHECK(takes_all(&a));
  skt_close(&a);

  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_shutdown(&a, SKT_WRITE), 0);
  CHECK_EQ(skt_shutdown(&b, SKT_WRITE), 0);
  CHECK_EQ(skt_read(&a, &byte, 1), 0);
  CHECK_EQ(skt_read(&b, &byte, 1), 0);
  CHECK(takes_all(&a));
  CHECK(takes_all(&b));
  skt_close(&a);
  skt_close(&b);
}

TEST(option, buffer_of_any_size_is_taken_and_bounded_by_the_system) {
  static const int options[] = {SKT_OPT_SEND_BUFFER, SKT_OPT_RECEIVE_BUFFER};
  for (int i = 0; i < 2; ++i) {
    skt s = {0};
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_set_option(&s, options[i], 1), 0);
    CHECK(get(&s, options[i]) >= 1);
    CHECK_EQ(skt_set_option(&s, options[i], INT_MAX / 2), 0);
    CHECK(get(&s, options[i]) >= 65536);
    CHECK(get(&s, options[i]) <= INT_MAX / 2);
    skt_close(&s);
  }
}

TEST(option, v6only_0_makes_bind_take_ipv4) {
  skt s = {0}, client = {0}, server = {0};
  skt_addr at, to;
  char text[32];
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV6, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_V6ONLY, 0), 0);
  CHECK_EQ(get(&s, SKT_OPT_V6ONLY), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(get(&s, SKT_OPT_V6ONLY), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_V6ONLY, 1), SKT_EINVAL);
  CHECK_EQ(skt_local(&s, &at), 0);
  snprintf(text, sizeof text, "127.0.0.1:%d", skt_addr_port(&at));
  CHECK_EQ(skt_addr_parse(&to, text), 0);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&client, &to), 0);
  CHECK_EQ(skt_accept(&s, &server, NULL, 0), 0);
  CHECK_EQ(get(&server, SKT_OPT_V6ONLY), 0);
  skt_close(&server);
  skt_close(&client);
  skt_close(&s);
}

TEST(option, v6only_0_lets_datagrams_go_to_ipv4_once_bound) {
  skt s = {0}, receiver = {0};
  skt_addr at, to = loopback(SKT_IPV4);
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  CHECK_EQ(skt_socket(&receiver, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_bind(&receiver, &to, 0), 0);
  CHECK_EQ(skt_local(&receiver, &to), 0);
  CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV6, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_V6ONLY, 0), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &to), SKT_EINVAL);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &to), 1);
  skt_close(&s);
  skt_close(&receiver);
}

/* The broadcast address of the loopback network. */
TEST(option, broadcast_is_needed_for_broadcasts) {
  skt s = {0};
  skt_addr to;
  CHECK_EQ(skt_addr_parse(&to, "127.255.255.255:9"), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  ptrdiff_t rc = skt_send_to(&s, "x", 1, &to);
  if (rc == 1) {
    skt_close(&s);
    SKIP("127.255.255.255 is no broadcast address to this system");
  }
  CHECK_EQ(rc, SKT_EACCES);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_BROADCAST, 1), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &to), 1);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_BROADCAST, 0), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &to), SKT_EACCES);
  skt_close(&s);
}

TEST(option, broadcast_is_needed_to_send_to_everybody_and_to_connect) {
  skt s = {0};
  skt_addr to;
  CHECK_EQ(skt_addr_parse(&to, "255.255.255.255:9"), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM, 0), 0);
  CHECK_EQ(skt_send_to(&s, "x", 1, &to), SKT_EACCES);
  CHECK_EQ(skt_connect(&s, &to), SKT_EACCES);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_BROADCAST, 1), 0);
  int rc = skt_connect(&s, &to);
  skt_close(&s);
  if (rc == SKT_ENETUNREACH) {
    SKIP("no route to the broadcast address");
  }
  CHECK_EQ(rc, 0);
}

TEST(option, path_mtu_is_read_of_a_connected_socket) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt client = {0}, server = {0}, s = {0};
    skt_addr at;
    int value = 7;
    CHECK(connect_pair(*domain, &client, &server));
    CHECK_EQ(skt_local(&server, &at), 0);
    CHECK_EQ(skt_socket(&s, *domain, SKT_DATAGRAM, 0), 0);
    int rc = skt_get_option(&s, SKT_OPT_PATH_MTU, &value);
    CHECK_EQ(value, 0);
    CHECK_EQ(skt_connect(&s, &at), 0);
    int connected = skt_get_option(&s, SKT_OPT_PATH_MTU, &value);
    int tcp = skt_get_option(&client, SKT_OPT_PATH_MTU, &value);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_PATH_MTU, 1500), SKT_EINVAL);
    skt_close(&client);
    skt_close(&server);
    skt_close(&s);
    if (connected == SKT_EOPNOTSUPP) {
      SKIP("this system does not report the MTU of a path");
    }
    CHECK_EQ(rc, SKT_ENOTCONN);
    CHECK_EQ(connected, 0);
    CHECK_EQ(tcp, 0);
    CHECK(value >= 1280);
  }
}

TEST(option, device_of_multicast_that_is_not_there_reports_enodev) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    CHECK_EQ(skt_socket(&s, *domain, SKT_DATAGRAM, 0), 0);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_MULTICAST_DEVICE, 7654321), SKT_ENODEV);
    CHECK_EQ(skt_set_option(&s, SKT_OPT_MULTICAST_DEVICE, 0), 0);
    skt_close(&s);
  }
}

/* The system is asked about a socket that somebody else has bound. */
TEST(option, v6only_of_an_adopted_socket_is_the_systems) {
  static const int flags[] = {0, SKT_DUAL_STACK};
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  for (int i = 0; i < 2; ++i) {
    skt s = {0};
    skt_addr at;
    int v6only = flags[i] == 0;
    CHECK_EQ(skt_addr_parse(&at, "[::]:0"), 0);
    CHECK_EQ(skt_socket(&s, SKT_IPV6, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_adopt(&s, skt_release(&s), 0), 0);
    CHECK_EQ(get(&s, SKT_OPT_V6ONLY), 1); /* what skt_bind would do */
    CHECK_EQ(skt_bind(&s, &at, flags[i]), 0);
    CHECK_EQ(get(&s, SKT_OPT_V6ONLY), v6only);
    CHECK_EQ(skt_adopt(&s, skt_release(&s), 0), 0);
    CHECK_EQ(get(&s, SKT_OPT_V6ONLY), v6only);
    CHECK_EQ(skt_adopt(&s, skt_release(&s),
                       SKT_IPV6 | SKT_STREAM | SKT_BOUND | flags[i]),
             0);
    CHECK_EQ(get(&s, SKT_OPT_V6ONLY), v6only);
    skt_close(&s);
  }
}

/* A request in two writes: with Nagle's algorithm the second one waits for the
 * peer's delayed acknowledgement, 40 ms or more. */
TEST(option, nodelay_sends_small_writes_at_once) {
  enum { ROUNDS = 50 };
  skt a = {0}, b = {0};
  char bytes[2];
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_set_option(&a, SKT_OPT_NODELAY, 1), 0);
  double begin = test_now_ms();
  for (int i = 0; i < ROUNDS; ++i) {
    CHECK_EQ(skt_write(&a, "x", 1), 1);
    CHECK_EQ(skt_write(&a, "y", 1), 1);
    CHECK_EQ(read_n(&b, bytes, 2), 2);
    CHECK_EQ(skt_write(&b, "z", 1), 1);
    CHECK_EQ(skt_read(&a, bytes, 1), 1);
  }
  CHECK(test_now_ms() - begin < ROUNDS * 20);
  skt_close(&a);
  skt_close(&b);
}

TEST(option, keepalive_idle_is_set_whether_or_not_it_is_on) {
  skt s = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  if (skt_set_option(&s, SKT_OPT_KEEPALIVE_IDLE, 60) == SKT_EOPNOTSUPP) {
    SKIP("this system has no idle time of keep-alive");
  }
  CHECK_EQ(get(&s, SKT_OPT_KEEPALIVE), 0); /* setting it switches nothing */
  CHECK_EQ(skt_set_option(&s, SKT_OPT_KEEPALIVE, 1), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_KEEPALIVE_IDLE, 90), 0);
  CHECK_EQ(get(&s, SKT_OPT_KEEPALIVE), 1);
  int idle = get(&s, SKT_OPT_KEEPALIVE_IDLE);
  CHECK(idle == 90 || idle == SKT_EOPNOTSUPP);
  skt_close(&s);
}

/* One test for each option that a system may lack: it tells whether the table
 * above had something to read back. */
static const char *lacks(int option, int value) {
  static char text[80];
  skt s = {0};
  int rc = skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
  rc = rc == 0 ? skt_set_option(&s, option, value) : rc;
  rc = rc == 0 ? get(&s, option) : rc;
  skt_close(&s);
  snprintf(text, sizeof text, "not here: %s", skt_strerror(rc));
  return rc == SKT_EOPNOTSUPP || rc == SKT_EACCES ? text : NULL;
}

#define NEEDS(option, value)                                                   \
  if (lacks(option, value) != NULL) SKIP(lacks(option, value))

TEST(option, keepalive_idle_is_read) {
  NEEDS(SKT_OPT_KEEPALIVE_IDLE, 60);
  CHECK(lacks(SKT_OPT_KEEPALIVE_IDLE, 61) == NULL);
}

TEST(option, keepalive_interval_and_count_come_together) {
  NEEDS(SKT_OPT_KEEPALIVE_INTERVAL, 10);
  CHECK(lacks(SKT_OPT_KEEPALIVE_COUNT, 5) == NULL);
}

TEST(option, user_timeout_is_never_shorter_than_asked) {
  NEEDS(SKT_OPT_USER_TIMEOUT, 1500);
  skt s = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_USER_TIMEOUT, 1500), 0);
  int ms = get(&s, SKT_OPT_USER_TIMEOUT);
  CHECK(ms == 1500 || ms == 2000);
  skt_close(&s);
}

TEST(option, mark_is_read_where_it_may_be_set) {
  NEEDS(SKT_OPT_MARK, 1);
  skt s = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_MARK, 77), 0);
  CHECK_EQ(get(&s, SKT_OPT_MARK), 77);
  skt_close(&s);
}

/* Interface 1 is the loopback on every system that this runs on. */
static const char *connect_by_interface_1(int domain) {
  skt listener = {0}, s = {0};
  skt_addr at;
  bool made = listen_loopback(domain, &listener, &at) &&
              skt_socket(&s, domain, SKT_STREAM, 0) == 0;
  int rc = skt_set_option(&s, SKT_OPT_DEVICE, 1);
  bool works = made && rc == 0 && get(&s, SKT_OPT_DEVICE) == 1 &&
               skt_connect(&s, &at) == 0 && get(&s, SKT_OPT_DEVICE) == 1;
  skt_close(&s);
  skt_close(&listener);
  return works                  ? NULL
         : rc == SKT_EOPNOTSUPP ? "this system has no such option"
         : rc == SKT_ENODEV     ? "this system finds no interface 1"
         : rc == SKT_EACCES     ? "not allowed to this process"
                                : "";
}

TEST(option, device_of_ipv4_is_read_and_used) {
  const char *why_not = connect_by_interface_1(SKT_IPV4);
  if (why_not != NULL && *why_not != 0) {
    SKIP(why_not);
  }
  CHECK(why_not == NULL);
}

/* Wine hands the index of IPv6 on in the wrong byte order, and so finds no
 * such interface (Wine 8). */
TEST(option, device_of_ipv6_is_read_and_used) {
  if (!ipv6_here()) {
    SKIP("::1 cannot be bound on this machine");
  }
  const char *why_not = connect_by_interface_1(SKT_IPV6);
  if (why_not != NULL && *why_not != 0) {
    SKIP(why_not);
  }
  CHECK(why_not == NULL);
}
