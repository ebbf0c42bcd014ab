/* SPDX-License-Identifier: MIT */
/* What other programs on this machine can take of a socket: those of the same
 * user, and those of another. SECURITY.md has the table. */
#include <stdio.h>

#include "peer.h"
#include "skt_test.h"

static bool is_linux(void) { /* the one with abstract names */
  skt_addr a;
  return skt_addr_parse(&a, "unix:@x") == 0;
}

/* How a socket has its address. */
typedef struct way {
  int type;
  int flags;
  bool listens;
} way;

/* An owner's host, and the one that another program tries beside it. */
typedef struct hosts {
  const char *own, *other;
  int flags; /* of the owner, too */
} hosts;

/* A wildcard beside one address takes nothing of it, and Windows lets it be
 * bound (Winsock, "Using SO_REUSEADDR and SO_EXCLUSIVEADDRUSE"). */
static const hosts beside[] = {
    {"0.0.0.0", "0.0.0.0", 0},
    {"0.0.0.0", "127.0.0.1", 0},
    {"127.0.0.1", "127.0.0.1", 0},
    {"[::]", "[::]", 0},
    {"[::]", "[::1]", 0},
    {"[::1]", "[::1]", 0},
    {"[::]", "[::]", SKT_DUAL_STACK},
    {"[::]", "0.0.0.0", SKT_DUAL_STACK},
    {"[::]", "[::1]", SKT_DUAL_STACK},
    {"[::]", "127.0.0.1", SKT_DUAL_STACK},
};
enum { PAIRS = sizeof beside / sizeof *beside };

static skt_addr at_port(const char *host, int port) {
  skt_addr a;
  char text[64];
  snprintf(text, sizeof text, "%s:%d", host, port);
  skt_addr_parse(&a, text);
  return a;
}

static int bind_as(skt *s, int type, const skt_addr *at, int flags) {
  int rc = skt_socket(s, skt_addr_domain(at), type, 0);
  rc = rc == 0 ? skt_bind(s, at, flags) : rc;
  if (rc < 0) {
    skt_close(s);
  }
  return rc;
}

/* A port that is free on all addresses. */
static int free_port(int type) {
  skt s = {0};
  skt_addr at = at_port(ipv6_here() ? "[::]" : "0.0.0.0", 0);
  int dual = ipv6_here() ? SKT_DUAL_STACK : 0;
  int rc = bind_as(&s, type, &at, SKT_EXCLUSIVE | dual);
  rc = rc == 0 ? skt_local(&s, &at) : rc;
  skt_close(&s);
  return rc == 0 ? skt_addr_port(&at) : rc;
}

static int own(skt *s, const way *w, const char *host, int flags, int port) {
  skt_addr at = at_port(host, port);
  int rc = bind_as(s, w->type, &at, w->flags | flags);
  return rc == 0 && w->listens ? skt_listen(s, 0) : rc;
}

typedef struct taker {
  skt_addr at;
  bool stream;
} taker;

/* Whether a program gets an address, by any options. */
static int take(const void *argument) {
  const taker *t = argument;
  size_t length;
  const void *native = skt_addr_native(&t->at, &length);
  int options = 0;
  while (options < 4 &&
         !test_take_address(native, length, t->stream, options)) {
    ++options;
  }
  return options < 4;
}

static int take_as_other(const taker *t) {
  int taken;
  return test_as_other_user(take, t, &taken) ? taken : -1;
}

/* How many of the pairs another program takes, or a code. */
static int count_taken(const way *w, bool by_other_user) {
  int taken = 0;
  for (int i = 0; i < PAIRS; ++i) {
    skt s = {0};
    if (beside[i].own[0] == '[' && !ipv6_here()) {
      continue;
    }
    int port = free_port(w->type);
    int rc = own(&s, w, beside[i].own, beside[i].flags, port);
    taker t = {at_port(beside[i].other, port), w->type == SKT_STREAM};
    if (rc == 0) {
      taken += by_other_user ? take_as_other(&t) : take(&t);
    }
    skt_close(&s);
    if (rc < 0) {
      return rc;
    }
  }
  return taken;
}

static int do_nothing(const void *argument) {
  (void)argument;
  return 0;
}

static bool other_user_here(void) {
  int result;
  return test_as_other_user(do_nothing, NULL, &result);
}

#define NEED_OTHER_USER()                                                      \
  if (!other_user_here()) {                                                    \
    SKIP("this process may not run a child of another user");                  \
  }

static const way closed_ways[] = {
    {SKT_STREAM, 0, true},
    {SKT_STREAM, SKT_EXCLUSIVE, true},
    {SKT_STREAM, SKT_EXCLUSIVE, false},
    {SKT_DATAGRAM, 0, false},
    {SKT_DATAGRAM, SKT_EXCLUSIVE, false},
};
enum { CLOSED_WAYS = sizeof closed_ways / sizeof *closed_ways };

TEST(others, of_the_same_user_take_nothing_that_is_not_shared) {
  if (!is_linux() && skt_supports(SKT_UNIX, SKT_DATAGRAM, 0) == 1) {
    SKIP("BSDs let one user bind one address beside a wildcard");
  }
  for (int i = 0; i < CLOSED_WAYS; ++i) {
    CHECK_EQ(count_taken(&closed_ways[i], false), 0);
  }
}

TEST(others, of_another_user_take_nothing_that_is_not_shared) {
  NEED_OTHER_USER();
  for (int i = 0; i < CLOSED_WAYS; ++i) {
    CHECK_EQ(count_taken(&closed_ways[i], true), 0);
  }
}

/* By SO_REUSEADDR a narrower address got every message. */
TEST(others, of_another_user_take_nothing_of_a_shared_load) {
  static const way ways[] = {{SKT_STREAM, SKT_SHARE_LOAD, true},
                             {SKT_DATAGRAM, SKT_SHARE_LOAD, false}};
  NEED_OTHER_USER();
  for (int i = 0; i < 2; ++i) {
    int taken = count_taken(&ways[i], true);
    CHECK(taken == 0 || taken == SKT_EOPNOTSUPP);
  }
}

static const way multicast = {SKT_DATAGRAM, SKT_SHARE_MULTICAST, false};
static const way waiting = {SKT_STREAM, 0, false};
static const way waiting_load = {SKT_STREAM, SKT_SHARE_LOAD, false};

/* The header warns of these two. */
TEST(others, of_the_same_user_take_a_multicast_port) {
  CHECK(count_taken(&multicast, false) > 0);
}

TEST(others, of_the_same_user_take_a_chosen_port_before_its_socket_listens) {
  skt s = {0};
  CHECK(count_taken(&waiting, false) > 0 || !is_linux());
  CHECK_EQ(own(&s, &waiting, "127.0.0.1", 0, 0), 0); /* the system chooses */
  taker t = {.stream = true};
  CHECK_EQ(skt_local(&s, &t.at), 0);
  CHECK_EQ(take(&t), 0);
  skt_close(&s);
}

TEST(others, of_another_user_take_what_the_header_warns_of) {
  NEED_OTHER_USER();
  CHECK(count_taken(&multicast, true) > 0 || !is_linux());
  CHECK(count_taken(&waiting, true) > 0 || !is_linux());
  CHECK(count_taken(&waiting_load, true) > 0 || !is_linux());
}

/* Two of this user's still share, though one of them is narrower. */
TEST(others, of_the_same_user_share_the_load_of_datagrams) {
  static const way w = {SKT_DATAGRAM, SKT_SHARE_LOAD, false};
  skt first = {0}, same = {0}, narrow = {0}, plain = {0};
  int port = free_port(SKT_DATAGRAM);
  int rc = own(&first, &w, "0.0.0.0", 0, port);
  if (rc == SKT_EOPNOTSUPP) {
    SKIP("this system does not share load");
  }
  CHECK_EQ(rc, 0);
  CHECK_EQ(own(&same, &w, "0.0.0.0", 0, port), 0);
  CHECK_EQ(own(&narrow, &w, "127.0.0.1", 0, port), 0);
  CHECK_EQ(own(&plain, &closed_ways[3], "127.0.0.1", 0, port), SKT_EADDRINUSE);
  skt_close(&first);
  skt_close(&same);
  skt_close(&narrow);
}

/* Unix sockets. */

static int connect_to(const void *text) {
  skt s = {0};
  skt_addr at;
  int rc = skt_addr_parse(&at, text);
  rc = rc == 0 ? skt_socket(&s, SKT_UNIX, SKT_STREAM, 0) : rc;
  rc = rc == 0 ? skt_connect(&s, &at) : rc;
  skt_close(&s);
  return rc == 0 || rc == SKT_EACCES ? rc == 0 : 2;
}

static int serve_path(skt *s, const char *text, int mask) {
  skt_addr at;
  int before = test_umask(mask);
  int rc = skt_addr_parse(&at, text);
  rc = rc == 0 ? skt_socket(s, SKT_UNIX, SKT_STREAM, 0) : rc;
  rc = rc == 0 ? skt_bind(s, &at, 0) : rc;
  rc = rc == 0 ? skt_listen(s, 0) : rc;
  test_umask(before);
  return rc;
}

/* Whether a program connects to a file made under a umask: 1, 0 or 2. Another
 * user's; or this user's, whom permissions bind too, unless it is root. */
static int connects(const char *text, int mask) {
  skt s = {0};
  int result = 2, rc = serve_path(&s, text, mask);
  if (rc == 0 && !test_as_other_user(connect_to, text, &result)) {
    result = connect_to(text);
  }
  skt_close(&s);
  remove(text + 5);
  return result;
}

TEST(others, connect_to_a_unix_file_as_the_umask_lets_them) {
  const char *text = "unix:skt_others";
  remove(text + 5);
  if (connects(text, 0) != 1) {
    SKIP("there are no unix sockets, or another user cannot reach this folder");
  }
  if (connects(text, 0777) == 1) {
    SKIP("this system ignores the permissions of a socket's file");
  }
  CHECK_EQ(connects(text, 0777), 0);
  if (other_user_here()) {
    CHECK_EQ(connects(text, 077), 0);
    CHECK_EQ(connects(text, 022), 0);
    CHECK_EQ(connects(text, 055), 1);
  }
}

TEST(others, connect_to_every_abstract_name) {
  skt s = {0};
  int result;
  if (!is_linux()) {
    SKIP("this system has no abstract names");
  }
  CHECK_EQ(serve_path(&s, "unix:@skt_others", 077), 0);
  CHECK_EQ(connect_to("unix:@skt_others"), 1);
  if (test_as_other_user(connect_to, "unix:@skt_others", &result)) {
    CHECK_EQ(result, 1);
  }
  skt_close(&s);
}
