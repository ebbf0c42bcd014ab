/* SPDX-License-Identifier: MIT */
/* Names without a system: what is asked, in which thread and for how long; what
 * becomes of the answers, and of a thread that comes too late. */
#include <stdio.h>
#include <string.h>

#include "fake_sys.h"
#include "skt_test.h"
#include "sys_names.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static skt_addr found[100], out[100];

/* What the system finds; NULL ends the list. */
static void find(const char *const *texts) {
  size_t n = 0;
  for (; texts[n] != NULL; ++n) {
    skt_addr_parse(&found[n], texts[n]);
  }
  fake_found = found;
  fake_found_count = n;
}
#define FIND(...) find((const char *const[]){__VA_ARGS__, NULL})

static bool is(const skt_addr *a, const char *text) {
  char got[SKT_ADDR_TEXT_MAX];
  return skt_addr_format(a, got, sizeof got) > 0 && strcmp(got, text) == 0;
}

static skt_waker made_waker(void) {
  skt_waker w;
  PLAY({"start", 0}, {"waker_create", 0});
  skt_waker_create(&w);
  return w;
}

/* The other thread of a look-up: it ends, and leaves. */
static void finish_thread(void) {
  skt__sys_lookup(&fake_helper->lookup);
  skt__helper_leave(fake_helper);
}
static void find_in_thread(void) { skt__sys_lookup(&fake_helper->lookup); }

TEST(names, number_or_path_asks_the_system_nothing) {
  static const char *const texts[] = {"127.0.0.1:80", "[::1]:80", "unix:/x",
                                      "[fe80::1%7]:0"};
  PLAY({0});
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    CHECK_EQ(skt_resolve(texts[i], 0, out, 1, 0, NULL), 1);
    CHECK(is(&out[0], texts[i]));
    CHECK_EQ(skt_resolve(texts[i], 0, out, 9, 1000, NULL), 1);
  }
  CHECK_EQ(skt_resolve("[::1]:80", SKT_IPV4, out, 1, -1, NULL), SKT_ENOADDRESS);
  CHECK(out[0].length == 0);
  CHECK_EQ(skt_resolve("1.2.3.4:80", SKT_IPV6, out, 1, -1, NULL),
           SKT_ENOADDRESS);
  CHECK_EQ(skt_resolve("unix:/x", SKT_IPV4, out, 1, -1, NULL), SKT_ENOADDRESS);
  CHECK_EQ(skt_resolve("name:80", SKT_UNIX, out, 1, -1, NULL), SKT_ENOADDRESS);
  CHECK_PLAYED();
}

TEST(names, bad_text_asks_the_system_nothing) {
  static const char *const texts[] = {
      "127.1:80", "010.0.0.1:80", "0x7f.1:80", "2130706433:80", "a.1:80",
      "",         ":80",          "name",      "name:",         "name:http",
      "a..b:80",  ".a:80",        "a b:80",    "a\n:80",        "[name]:80"};
  PLAY({0});
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    CHECK_EQ(skt_resolve(texts[i], 0, out, 1, -1, NULL), SKT_EINVAL);
  }
  CHECK_PLAYED();
}

TEST(names, addresses_keep_their_order_and_come_once_with_the_port) {
  FIND("[::2]:0", "1.2.3.4:0", "[::ffff:1.2.3.4]:0", "[::2]:0", "4.3.2.1:0");
  PLAY({"start", 0}, {"lookup", 0});
  CHECK_EQ(skt_resolve("Example.org.:443", 0, out, 9, -1, NULL), 3);
  CHECK_PLAYED();
  CHECK_STR(fake_name, "Example.org.");
  CHECK(is(&out[0], "[::2]:443") && is(&out[1], "1.2.3.4:443") &&
        is(&out[2], "4.3.2.1:443"));
  CHECK_EQ(fake_lists, 0);
}

TEST(names, addresses_of_other_domains_are_left_out) {
  FIND("[::2]:0", "1.2.3.4:0", "unix:/x", "[::ffff:1.2.3.5]:0");
  PLAY({"start", 0}, {"lookup", 0}, {"start", 0}, {"lookup", 0}, {"start", 0},
       {"lookup", 0});
  CHECK_EQ(skt_resolve("a:1", SKT_IPV4, out, 9, -1, NULL), 2);
  CHECK(is(&out[0], "1.2.3.4:1") && is(&out[1], "1.2.3.5:1"));
  CHECK_EQ(skt_resolve("a:1", SKT_IPV6, out, 9, -1, NULL), 1);
  CHECK(is(&out[0], "[::2]:1"));
  FIND("[::2]:0");
  CHECK_EQ(skt_resolve("a:1", SKT_IPV4, out, 9, -1, NULL), SKT_ENOADDRESS);
  CHECK_PLAYED();
  CHECK(out[0].length == 0);
  CHECK_EQ(fake_lists, 0);
}

TEST(names, more_addresses_than_room_are_discarded) {
  for (size_t i = 0; i < 100; ++i) {
    char text[] = "10.0.0.00:0";
    text[7] = (char)('1' + i / 10 % 9);
    text[8] = (char)('0' + i % 10);
    skt_addr_parse(&found[i], text);
  }
  fake_found = found;
  fake_found_count = 90;
  PLAY({"start", 0}, {"lookup", 0}, {"start", 0}, {"lookup", 0});
  memset(out, 0, sizeof out);
  CHECK_EQ(skt_resolve("a:1", 0, out, 40, -1, NULL), 40);
  CHECK(is(&out[39], "10.0.0.49:1"));
  CHECK(out[40].length == 0);
  CHECK_EQ(skt_resolve("a:1", 0, out, 100, -1, NULL), 90);
  CHECK_PLAYED();
  CHECK_EQ(fake_lists, 0);
}

TEST(names, failure_is_passed_on_with_its_native_number) {
  static const int codes[] = {SKT_ENONAME,   SKT_ENOADDRESS, SKT_ETRYAGAIN,
                              SKT_ENAMEFAIL, SKT_EMFILE,     SKT_ENFILE,
                              SKT_ENOBUFS,   SKT_ENOMEM};
  skt_addr a;
  char name[SKT_NAME_MAX] = "x";
  skt_addr_parse(&a, "1.2.3.4:5");
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    PLAY({"start", 0}, {"lookup", codes[i]}, {"start", 0},
         {"lookup", codes[i]});
    int before = fake_native;
    CHECK_EQ(skt_resolve("a:1", 0, out, 1, -1, NULL), codes[i]);
    CHECK_EQ(skt_native_error(), before + 1);
    int want = codes[i] == SKT_ENOADDRESS ? SKT_ENONAME : codes[i];
    CHECK_EQ(skt_reverse(&a, name, sizeof name, -1, NULL), want);
    CHECK_STR(name, "");
    CHECK_PLAYED();
  }
}

TEST(names, number_of_the_resolver_without_a_code_is_enamefail) {
  CHECK_EQ(skt__name_code(7), SKT_ENONAME);
  CHECK_EQ(skt__name_code(12345), SKT_ENAMEFAIL);
}

TEST(names, winsock_that_does_not_start_is_reported) {
  PLAY({"start", SKT_ENETDOWN});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, -1, NULL), SKT_ENETDOWN);
  CHECK_PLAYED();
}

TEST(names, time_0_asks_only_for_what_needs_no_asking) {
  PLAY({"start", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 0, NULL), SKT_ETIMEDOUT);
  CHECK_PLAYED();
}

TEST(names, localhost_needs_no_resolver) {
  PLAY({"start", 0}, {"socket", 0}, {"bind", 0}, {"close", 0}, {"start", 0},
       {"socket", 0}, {"close", 0});
  CHECK_EQ(skt_resolve("localhost:5", 0, out, 9, 0, NULL), 2);
  CHECK_PLAYED();
  CHECK(is(&out[0], "[::1]:5") && is(&out[1], "127.0.0.1:5"));
}

TEST(names, localhost_leaves_out_a_domain_that_the_host_lacks) {
  PLAY({"start", 0}, {"socket", SKT_EAFNOSUPPORT}, {"start", 0}, {"socket", 0},
       {"close", 0});
  CHECK_EQ(skt_resolve("LocalHost.:5", 0, out, 9, 0, NULL), 1);
  CHECK_PLAYED();
  CHECK(is(&out[0], "127.0.0.1:5"));
  PLAY({"start", 0}, {"socket", SKT_EACCES}, {"start", 0},
       {"socket", SKT_EAFNOSUPPORT});
  CHECK_EQ(skt_resolve("a.localhost:5", 0, out, 9, 0, NULL), SKT_ENOADDRESS);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"socket", SKT_EMFILE});
  CHECK_EQ(skt_resolve("localhost:5", 0, out, 9, 0, NULL), SKT_EMFILE);
  CHECK_PLAYED();
}

TEST(names, localhost_keeps_to_the_domain_and_the_room) {
  PLAY({"start", 0}, {"socket", 0}, {"close", 0}, {"start", 0}, {"socket", 0},
       {"bind", 0}, {"close", 0});
  CHECK_EQ(skt_resolve("localhost:5", SKT_IPV4, out, 9, 0, NULL), 1);
  CHECK(is(&out[0], "127.0.0.1:5"));
  CHECK_EQ(skt_resolve("localhost:5", 0, out, 1, 0, NULL), 1);
  CHECK(is(&out[0], "[::1]:5"));
  CHECK_EQ(skt_resolve("localhost:5", SKT_UNIX, out, 1, 0, NULL),
           SKT_ENOADDRESS);
  CHECK_PLAYED();
}

TEST(names, thread_that_is_done_hands_its_outcome_over) {
  FIND("1.2.3.4:0");
  fake_meanwhile = find_in_thread;
  PLAY({"start", 0}, {"helper_start", 0}, {"meanwhile", 0}, {"lookup", 0},
       {"helper_wait", SKT__EINTR}, {"helper_wait", SKT__DONE});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 5000, NULL), 1);
  CHECK_PLAYED();
  CHECK_EQ(fake_timeout_ms, 5000);
  CHECK_EQ(fake_events, 0); /* not wakeable */
  CHECK(is(&out[0], "1.2.3.4:1"));
  CHECK_EQ(fake_lists, 0);
  PLAY({"helper_free", 0});
  skt__helper_leave(fake_helper);
  CHECK_PLAYED();
}

TEST(names, thread_that_has_left_is_freed_by_the_caller) {
  FIND("1.2.3.4:0");
  fake_meanwhile = finish_thread;
  PLAY({"start", 0}, {"helper_start", 0}, {"meanwhile", 0}, {"lookup", 0},
       {"helper_wait", SKT__DONE}, {"helper_free", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 5000, NULL), 1);
  CHECK_PLAYED();
  CHECK_EQ(fake_lists, 0);
}

TEST(names, thread_of_a_call_whose_time_is_over_frees_its_own) {
  FIND("1.2.3.4:0");
  PLAY({"start", 0}, {"helper_start", 0}, {"helper_wait", 0}, {"pass_us", 4000},
       {"helper_wait", 0}, {"pass_us", 6000}, {"helper_give_up", 0},
       {"lookup", 0}, {"helper_free", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 10, NULL), SKT_ETIMEDOUT);
  CHECK_EQ(fake_timeout_ms, 6); /* what was left of 10 */
  finish_thread();
  CHECK_PLAYED();
  CHECK_EQ(fake_lists, 0);
}

TEST(names, thread_that_ends_as_the_time_does_leaks_nothing) {
  FIND("1.2.3.4:0");
  fake_meanwhile = finish_thread;
  PLAY({"start", 0}, {"helper_start", 0}, {"helper_wait", 0},
       {"pass_us", 10000}, {"helper_give_up", 0}, {"meanwhile", 0},
       {"lookup", 0}, {"helper_free", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 10, NULL), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK_EQ(fake_lists, 0);
}

TEST(names, waker_ends_a_call_and_is_drained) {
  skt_waker w = made_waker();
  PLAY({"start", 0}, {"helper_start", 0}, {"helper_wait", SKT_WOKEN},
       {"waker_drain", 0}, {"helper_give_up", 0}, {"lookup", SKT_ENONAME},
       {"helper_free", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, -1, &w), SKT_ECANCELED);
  CHECK_EQ(fake_timeout_ms, -1);
  CHECK_EQ(fake_events, 1); /* wakeable */
  finish_thread();
  CHECK_PLAYED();
}

TEST(names, outcome_wins_over_a_wake_which_the_next_wait_reports) {
  skt_waker w = made_waker();
  FIND("1.2.3.4:0");
  fake_meanwhile = finish_thread;
  PLAY({"start", 0}, {"helper_start", 0}, {"meanwhile", 0}, {"lookup", 0},
       {"helper_wait", SKT__DONE | SKT_WOKEN}, {"helper_free", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, -1, &w), 1);
  CHECK_PLAYED();
}

TEST(names, failed_start_or_wait_of_a_thread_is_reported) {
  PLAY({"start", 0}, {"helper_start", SKT_EMFILE}, {"start", 0},
       {"helper_start", 0}, {"helper_wait", SKT_ENOMEM}, {"helper_give_up", 0},
       {"lookup", SKT_ETRYAGAIN}, {"helper_free", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 10, NULL), SKT_EMFILE);
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 10, NULL), SKT_ENOMEM);
  finish_thread();
  CHECK_PLAYED();
}

enum { MOST = 64 };
static skt__helper *given_up[MOST];

/* Call until a call is refused; how many were given up. */
static int give_up_many(void) {
  static const fake_step silence[] = {
      {"start", 0},      {"helper_start", 0},   {"helper_wait", 0},
      {"pass_us", 1000}, {"helper_give_up", 0}, {NULL, 0}};
  int n = 0;
  fake_script(silence);
  while (n < MOST && skt_resolve("a:1", 0, out, 1, 1, NULL) == SKT_ETIMEDOUT &&
         fake_trouble() == NULL) {
    given_up[n++] = fake_helper;
    fake_script(silence);
  }
  return n;
}

static bool end_one(skt__helper *h) {
  PLAY({"lookup", SKT_ETRYAGAIN}, {"helper_free", 0});
  skt__sys_lookup(&h->lookup);
  skt__helper_leave(h);
  return fake_trouble() == NULL;
}

TEST(names, abandoned_threads_are_bounded_and_counted_by_process) {
  CHECK_EQ(give_up_many(), MOST);
  PLAY({"start", 0}, {"start", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 1, NULL), SKT_EUSERS);
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 1, NULL), SKT_EUSERS);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"lookup", SKT_ENONAME}); /* needs no thread */
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, -1, NULL), SKT_ENONAME);
  CHECK_PLAYED();
  CHECK(end_one(given_up[7]));
  PLAY({"start", 0}, {"helper_start", 0}, {"helper_wait", 0}, {"pass_us", 1000},
       {"helper_give_up", 0}, {"start", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 1, NULL), SKT_ETIMEDOUT);
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 1, NULL), SKT_EUSERS);
  CHECK_PLAYED();
  given_up[7] = fake_helper;
  for (int i = 0; i < MOST; ++i) {
    CHECK(end_one(given_up[i]));
  }
}

TEST(names, forked_child_counts_none_of_its_parents_threads) {
  CHECK_EQ(give_up_many(), MOST);
  ++fake_process;
  PLAY({"start", 0}, {"helper_start", 0}, {"helper_wait", 0}, {"pass_us", 1000},
       {"helper_give_up", 0});
  CHECK_EQ(skt_resolve("a:1", 0, out, 1, 1, NULL), SKT_ETIMEDOUT);
  CHECK_PLAYED();
  CHECK(end_one(fake_helper));
  ++fake_process; /* forgets them */
  for (int i = 0; i < MOST; ++i) {
    CHECK(end_one(given_up[i]));
  }
  ++fake_process;
}

static int reverse_finds(const char *name, char *text, size_t capacity) {
  skt_addr a;
  snprintf(fake_name, sizeof fake_name, "%s", name);
  PLAY({"start", 0}, {"lookup", 0});
  skt_addr_parse(&a, "[::ffff:1.2.3.4]:80");
  return skt_reverse(&a, text, capacity, -1, NULL);
}

TEST(names, reverse_asks_for_plain_ipv4_and_returns_the_name) {
  char name[SKT_NAME_MAX];
  CHECK_EQ(reverse_finds("host.example", name, sizeof name), 12);
  CHECK_PLAYED();
  CHECK_STR(name, "host.example");
  CHECK(is(&fake_to, "1.2.3.4:80"));
  CHECK_EQ(reverse_finds("host.example", name, 13), 12);
  CHECK_EQ(reverse_finds("host.example", name, 12), SKT_ENOSPC);
  CHECK_STR(name, "");
}

/* Whoever owns the address chooses the bytes. */
TEST(names, reverse_refuses_what_is_no_name) {
  static const char *const bad[] = {
      "10.0.0.1", "a\x1b[31m.example", "a b", "b\xc3\xbcro.example", "", "..",
      "a:1"};
  char name[SKT_NAME_MAX];
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    CHECK_EQ(reverse_finds(bad[i], name, sizeof name), SKT_ENONAME);
    CHECK_STR(name, "");
  }
}
