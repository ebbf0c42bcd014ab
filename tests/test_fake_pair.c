/* SPDX-License-Identifier: MIT */
/* Pairs over loopback, where a stranger comes first, and where a step fails. */
#include <string.h>

#include "fake_sys.h"
#include "skt_test.h"

#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

enum { FIRST = 100, ACCEPTED = 43, PATIENCE_US = 5000000 };

static skt_addr at, mine, strangers;
static const fake_step end_of_steps;
static fake_step steps[400];
static size_t count, asks_itself;
static int stranger_is_accepted;

/* The datagrams that "read" leaves, all as long as the pair's own: those that
 * are marked by 's' are a stranger's. */
static char senders[64];
static size_t sender, sender_count;

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static void add(const char *call, long long result) {
  steps[count++] = (fake_step){call, result};
  steps[count] = end_of_steps;
}

/* 100 is the listener or the first datagram socket, 101 the other socket, 43
 * what was accepted. */
static const skt_addr *address_of(skt__os_handle s, bool peer) {
  if (s == (skt__os_handle)ACCEPTED) {
    const skt_addr *other = stranger_is_accepted > 0 ? &strangers : &mine;
    stranger_is_accepted -= peer;
    return peer ? other : &at;
  }
  bool is_first = s == (skt__os_handle)FIRST;
  return is_first != peer ? &at : &mine;
}

static void begin(void) {
  skt_addr_parse(&at, "127.0.0.1:4000");
  skt_addr_parse(&mine, "127.0.0.1:4001");
  skt_addr_parse(&strangers, "127.0.0.1:4002");
  fake_address = address_of;
  fake_handle = FIRST;
  stranger_is_accepted = 0;
  count = sender = sender_count = 0;
  add("start", 0);
  add("pair", SKT_EAFNOSUPPORT);
}

static void end(void) {
  fake_address = NULL;
  fake_handle = 42;
}

static void add_open(void) {
  add("start", 0);
  add("socket", 0);
  add("bind", 0);
  add("local", 0);
}

/* The steps of a pair of streams up to the first accept. */
static void add_streams(void) {
  add_open();
  add("listen", 0);
  add("start", 0);
  add("socket", 0);
  add("set_blocking", 0);
  add("connect", 0);
  add("set_blocking", 0);
  asks_itself = count; /* whether it has connected to itself */
  add("local", 0);
  add("local", 0);
}

static void add_accept(bool stranger) {
  add("wait", SKT_READ);
  add("accept", 0);
  add("local", 0);
  add("peer", 0);
  if (stranger) {
    ++stranger_is_accepted;
    add("reset_on_close", 0);
    add("close", 0);
  } else {
    add("local", 0);
    add("peer", 0);
  }
}

static int make(int type) {
  static skt a, b;
  fake_script(steps);
  int rc = skt_pair(&a, &b, type);
  return rc < 0 && (skt_kind(&a) > 0 || skt_kind(&b) > 0) ? 1 : rc;
}

static bool closed_is(size_t i, int handle) {
  return i < fake_closed_count && fake_closed[i] == (skt__os_handle)handle;
}

TEST(pair_faults, system_that_makes_none_gets_one_over_loopback) {
  begin();
  add_streams();
  add_accept(false);
  add("set_option", 0);
  add("set_option", 0);
  add("close", 0);
  CHECK_EQ(make(SKT_STREAM), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_closed_count, 1);
  CHECK(closed_is(0, FIRST)); /* the listener */
  CHECK_EQ(fake_flags & SKT_EXCLUSIVE, SKT_EXCLUSIVE);
  end();
}

TEST(pair_faults, strangers_that_connect_first_are_reset) {
  begin();
  add_streams();
  for (int i = 0; i < 3; ++i) {
    add_accept(true);
  }
  add("wait", SKT_READ);
  add("accept", SKT_EAGAIN);
  add("wait", SKT_READ);
  add("accept", SKT_ECONNABORTED);
  add("accept", SKT_EAGAIN);
  add_accept(false);
  add("set_option", 0);
  add("set_option", 0);
  add("close", 0);
  CHECK_EQ(make(SKT_STREAM), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_closed_count, 4);
  CHECK(closed_is(0, ACCEPTED) && closed_is(2, ACCEPTED));
  CHECK(closed_is(3, FIRST));
  end();
}

TEST(pair_faults, strangers_without_end_are_given_up) {
  begin();
  add_streams();
  for (int i = 0; i < 40; ++i) {
    add_accept(true);
  }
  add("wait", 0);
  add("pass_us", PATIENCE_US);
  add("close", 0);
  add("close", 0);
  CHECK_EQ(make(SKT_STREAM), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK(closed_is(40, FIRST) && closed_is(41, FIRST + 1));
  CHECK_EQ(fake_closed_count, 42);
  end();
}

/* Whatever fails, each handle that was made is closed once. */
TEST(pair_faults, step_that_fails_leaves_nothing_open) {
  size_t all;
  begin();
  add_streams();
  add_accept(false);
  add("set_option", 0);
  add("set_option", 0);
  all = count;
  for (size_t k = 2; k < all; ++k) {
    const char *failing;
    if (k == asks_itself) {
      continue; /* a failure of this one says that it has not */
    }
    size_t made = 0;
    begin();
    add_streams();
    add_accept(false);
    add("set_option", 0);
    add("set_option", 0);
    failing = steps[k].call;
    bool restores = strcmp(failing, "connect") == 0 ||
                    strcmp(steps[k + 1 < all ? k + 1 : k].call, "connect") == 0;
    for (size_t i = 0; i < k; ++i) {
      made += strcmp(steps[i].call, "socket") == 0 ||
              strcmp(steps[i].call, "accept") == 0;
    }
    count = k;
    add(failing, SKT_ENOBUFS);
    if (restores) { /* the mode */
      add("set_blocking", 0);
    }
    bool in_accepted = made == 3 && k < all - 2;
    if (in_accepted) { /* it is no stranger's, but looks like one */
      add("reset_on_close", 0);
      add("close", 0);
      add("wait", SKT_ENOBUFS);
      add("wait_unlimited", SKT_ENOBUFS);
    } else if (strcmp(failing, "wait") == 0) {
      add("wait_unlimited", SKT_ENOBUFS);
    }
    for (size_t i = in_accepted; i < made; ++i) {
      add("close", 0);
    }
    CHECK(make(SKT_STREAM) < 0);
    CHECK_PLAYED();
    CHECK_EQ(fake_closed_count, made);
    for (size_t i = 0; i < made; ++i) {
      for (size_t j = 0; j < i; ++j) {
        CHECK(fake_closed[i] != fake_closed[j]);
      }
    }
  }
  end();
}

static void leave(void) {
  const char *text = senders[sender++] == 's' ? "stranger" : "skt pair";
  memcpy((void *)(uintptr_t)fake_buffer, text, strlen(text) + 1);
}

static void add_read(char from) {
  add("wait", SKT_READ);
  add("read", 9);
  add("meanwhile", 0);
  senders[sender_count++] = from;
}

static void add_datagrams(void) {
  add_open();
  add_open();
  add("connect", 0);
  add("connect", 0);
}

static void add_exchange(size_t strangers_first) {
  add("write", 9);
  while (strangers_first-- > 0) {
    add_read('s');
  }
  add_read('p');
  add("wait", 0);
}

TEST(pair_faults, datagrams_that_strangers_sent_first_are_discarded) {
  begin();
  fake_meanwhile = leave;
  add_datagrams();
  add_exchange(0);
  add_exchange(0);
  CHECK_EQ(make(SKT_DATAGRAM), 0);
  CHECK_PLAYED();
  begin();
  add_datagrams();
  add_exchange(20);
  add_exchange(3);
  CHECK_EQ(make(SKT_DATAGRAM), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_closed_count, 0);
  end();
}

/* One that a stranger has forged stands before the own one. */
TEST(pair_faults, forged_first_datagram_is_not_the_last) {
  begin();
  fake_meanwhile = leave;
  add_datagrams();
  add("write", 9);
  add_read('p');
  add("wait", SKT_READ); /* the own one is behind it */
  add_read('p');
  add("wait", 0);
  add_exchange(0);
  CHECK_EQ(make(SKT_DATAGRAM), 0);
  CHECK_PLAYED();
  end();
}

TEST(pair_faults, datagrams_that_never_arrive_close_both_ends) {
  begin();
  add_datagrams();
  add("write", 9);
  add("wait", 0);
  add("pass_us", PATIENCE_US);
  add("close", 0);
  add("close", 0);
  CHECK_EQ(make(SKT_DATAGRAM), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK(closed_is(0, FIRST) && closed_is(1, FIRST + 1));
  end();
}

TEST(pair_faults, system_that_makes_pairs_is_asked_once) {
  skt a, b;
  fake_handle = 60;
  count = 0;
  add("start", 0);
  add("pair", SKT__EINTR);
  add("pair", 0);
  fake_script(steps);
  CHECK_EQ(skt_pair(&a, &b, SKT_DATAGRAM | (int)SKT_NONBLOCK), 0);
  CHECK_PLAYED();
  CHECK_EQ(fake_type, SKT_DATAGRAM);
  CHECK(fake_nonblocking);
  CHECK_EQ(skt_native(&b), 61);
  CHECK_EQ(skt_kind(&b),
           SKT_UNIX | (int)SKT_DATAGRAM | SKT_CONNECTED | SKT_NONBLOCK);
  count = 0;
  add("start", 0);
  add("pair", SKT_EMFILE);
  fake_script(steps);
  CHECK_EQ(skt_pair(&a, &b, SKT_STREAM), SKT_EMFILE);
  CHECK_EQ(skt_kind(&a), SKT_EBADF);
  CHECK_PLAYED();
  fake_handle = 42;
}
