/* SPDX-License-Identifier: MIT */
/* Names, as far as no name server is needed: ci/run/names.sh has one. */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static skt_addr out[16];

static bool is(const skt_addr *a, const char *text) {
  char got[SKT_ADDR_TEXT_MAX];
  return skt_addr_format(a, got, sizeof got) > 0 && strcmp(got, text) == 0;
}

TEST(resolve, localhost_and_names_under_it_are_the_loopback_addresses) {
  static const char *const names[] = {"localhost:80", "localhost.:80",
                                      "LOCALHOST:80", "a.b.LocalHost.:80"};
  int want = ipv6_here() ? 2 : 1;
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    CHECK_EQ(skt_resolve(names[i], 0, out, 16, 0, NULL), want);
    CHECK(want == 1 || is(&out[0], "[::1]:80"));
    CHECK(is(&out[want - 1], "127.0.0.1:80"));
    CHECK_EQ(skt_resolve(names[i], SKT_IPV4, out, 16, 0, NULL), 1);
    CHECK(is(&out[0], "127.0.0.1:80"));
    CHECK_EQ(skt_resolve(names[i], SKT_IPV6, out, 16, 0, NULL),
             want == 2 ? 1 : SKT_ENOADDRESS);
    CHECK_EQ(skt_resolve(names[i], SKT_UNIX, out, 16, 0, NULL), SKT_ENOADDRESS);
  }
}

TEST(resolve, server_on_one_domain_of_localhost_is_reached) {
  const int *domain = domains_here();
  for (; *domain != 0; ++domain) {
    skt server = {0}, client = {0};
    skt_addr at;
    char text[40];
    CHECK(listen_loopback(*domain, &server, &at));
    snprintf(text, sizeof text, "localhost:%d", skt_addr_port(&at));
    CHECK_EQ(skt_resolve(text, *domain, out, 16, 1000, NULL), 1);
    CHECK_EQ(skt_socket(&client, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &out[0]), 0);
    skt_close(&client);
    skt_close(&server);
  }
}

TEST(resolve, reads_whatever_skt_addr_parse_reads) {
  static const char *const texts[] = {
      "127.0.0.1:80",  "0.0.0.0:0", "[::]:1",     "[::ffff:1.2.3.4]:5",
      "[fe80::1%3]:9", "unix:/x/y", "unix:@name", "255.255.255.255:65535"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    skt_addr want;
    int rc = skt_addr_parse(&want, texts[i]);
    CHECK_EQ(skt_resolve(texts[i], 0, out, 1, 0, NULL), rc == 0 ? 1 : rc);
    CHECK(memcmp(&out[0], &want, sizeof want) == 0);
  }
  CHECK_EQ(skt_resolve("[fe80::1%none-such]:1", 0, out, 1, 0, NULL),
           SKT_ENODEV);
}

TEST(resolve, bad_text_is_refused_without_a_look_up) {
  static const char *const texts[] = {"",           "host",
                                      "host:",      "host:http",
                                      "host:65536", ":80",
                                      "[::1",       "a..b:1",
                                      ".a:1",       "a.:x",
                                      "a\n:1",      "a\x01:1",
                                      "\xff\xfe:1", "b\xc3\xbcro.invalid:1",
                                      "127.1:1",    "010.0.0.1:1",
                                      "0x7f.1:1",   "2130706433:1",
                                      " a:1",       "unix:"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
    memset(out, 1, sizeof *out);
    CHECK_EQ(skt_resolve(texts[i], 0, out, 1, -1, NULL), SKT_EINVAL);
    CHECK_EQ(skt_addr_domain(&out[0]), SKT_EINVAL);
  }
}

TEST(resolve, name_that_is_too_long_is_refused_without_a_look_up) {
  char text[10010];
  memset(text, 'a', 10000);
  memcpy(text + 10000, ":1", sizeof ":1");
  CHECK_EQ(skt_resolve(text, 0, out, 1, -1, NULL), SKT_ENAMETOOLONG);
  memcpy(text + 64, ":1", sizeof ":1");
  CHECK_EQ(skt_resolve(text, 0, out, 1, -1, NULL), SKT_ENAMETOOLONG);
}

TEST(resolve, bad_arguments_win_over_the_text) {
  skt_waker none = {0};
  CHECK_EQ(skt_resolve(NULL, 0, out, 1, 0, &none), SKT_EFAULT);
  CHECK_EQ(skt_resolve("a:1", 0, NULL, 1, 0, NULL), SKT_EFAULT);
  CHECK_EQ(skt_resolve("", 9, out, 0, -2, &none), SKT_EBADF);
  CHECK_EQ(skt_resolve("127.0.0.1:1", 0, out, 0, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_resolve("127.0.0.1:1", 4, out, 1, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_resolve("127.0.0.1:1", -1, out, 1, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_resolve("127.0.0.1:1", 0, out, 1, -2, NULL), SKT_EINVAL);
  CHECK_EQ(skt_addr_domain(&out[0]), SKT_EINVAL);
}

TEST(resolve, time_0_does_not_wait_for_a_name) {
  CHECK_EQ(skt_resolve("name.invalid:1", 0, out, 1, 0, NULL), SKT_ETIMEDOUT);
}

/* What a name that does not exist comes to, on machines with and without a name
 * server. */
static bool is_no_answer(int rc) {
  return rc == SKT_ENONAME || rc == SKT_ENOADDRESS || rc == SKT_ETRYAGAIN ||
         rc == SKT_ENAMEFAIL || rc == SKT_ETIMEDOUT;
}

TEST(resolve, name_that_does_not_exist_has_no_address) {
  CHECK(is_no_answer(skt_resolve("name.invalid:1", 0, out, 16, 2000, NULL)));
  CHECK_EQ(skt_addr_domain(&out[0]), SKT_EINVAL);
}

/* The wake may come after the outcome, and then waits for the next wait. */
TEST(resolve, waker_ends_the_call_or_comes_too_late) {
  skt_waker w;
  CHECK_EQ(skt_waker_create(&w), 0);
  CHECK_EQ(skt_wake(&w), 0);
  int rc = skt_resolve("name.invalid:1", 0, out, 16, 10000, &w);
  CHECK(rc == SKT_ECANCELED || is_no_answer(rc));
  CHECK_EQ(skt_poll(NULL, 0, 0, &w), rc == SKT_ECANCELED ? 0 : 1);
  CHECK(is_no_answer(skt_resolve("name.invalid:1", 0, out, 16, 2000, &w)));
  CHECK_EQ(skt_wake(&w), 0); /* and the waker is as good as before */
  CHECK_EQ(skt_poll(NULL, 0, 10000, &w), 1);
  skt_waker_destroy(&w);
}

TEST(resolve, number_and_localhost_take_no_wake) {
  skt_waker w;
  CHECK_EQ(skt_waker_create(&w), 0);
  CHECK_EQ(skt_wake(&w), 0);
  CHECK_EQ(skt_resolve("127.0.0.1:1", 0, out, 16, 1000, &w), 1);
  CHECK(skt_resolve("localhost:1", 0, out, 16, 1000, &w) > 0);
  CHECK_EQ(skt_poll(NULL, 0, 0, &w), 1);
  skt_waker_destroy(&w);
}

TEST(resolve, lack_of_descriptors_is_reported_as_that) {
  if (!test_allow_descriptors(0)) {
    SKIP("this system has no limit of descriptors");
  }
  int number = skt_resolve("127.0.0.1:1", 0, out, 16, 1000, NULL);
  int local = skt_resolve("localhost:1", 0, out, 16, 1000, NULL);
  int name = skt_resolve("name.invalid:1", 0, out, 16, -1, NULL);
  int in_time = skt_resolve("name.invalid:1", 0, out, 16, 5000, NULL);
  test_allow_descriptors(-1);
  CHECK_EQ(number, 1);
  CHECK_EQ(local, SKT_EMFILE);
  CHECK_EQ(name, SKT_EMFILE);
  CHECK_EQ(in_time, SKT_EMFILE);
}

TEST(reverse, bad_arguments_are_refused) {
  skt_addr a, none = {0}, path;
  char name[SKT_NAME_MAX] = "x";
  skt_waker no_waker = {0};
  skt_addr_parse(&a, "127.0.0.1:1");
  skt_addr_parse(&path, "unix:/x");
  CHECK_EQ(skt_reverse(NULL, name, sizeof name, 0, NULL), SKT_EFAULT);
  CHECK_STR(name, "");
  CHECK_EQ(skt_reverse(&a, NULL, sizeof name, 0, NULL), SKT_EFAULT);
  CHECK_EQ(skt_reverse(&a, name, sizeof name, 0, &no_waker), SKT_EBADF);
  CHECK_EQ(skt_reverse(&none, name, sizeof name, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_reverse(&path, name, sizeof name, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_reverse(&a, name, sizeof name, -2, NULL), SKT_EINVAL);
  CHECK_EQ(skt_reverse(&a, name, sizeof name, 0, NULL), SKT_ETIMEDOUT);
}

TEST(reverse, address_without_a_name_has_none) {
  skt_addr a;
  char name[SKT_NAME_MAX] = "x";
  skt_addr_parse(&a, "192.0.2.77:1"); /* TEST-NET-1: nobody's address */
  CHECK(is_no_answer(skt_reverse(&a, name, sizeof name, 2000, NULL)));
  CHECK_STR(name, "");
}

TEST(reverse, loopback_has_a_name_if_the_system_knows_one) {
  skt_addr a;
  char name[SKT_NAME_MAX] = "x", text[SKT_TEXT_MAX];
  skt_addr_parse(&a, "127.0.0.1:1");
  int n = skt_reverse(&a, name, sizeof name, 5000, NULL);
  if (n < 0) {
    CHECK(is_no_answer(n));
    SKIP("127.0.0.1 has no name here");
  }
  CHECK_EQ(n, strlen(name));
  CHECK(skt_text_join(text, sizeof text, name, 80) > 0);
  CHECK_EQ(skt_reverse(&a, name, (size_t)n, 5000, NULL), SKT_ENOSPC);
  CHECK_STR(name, "");
  CHECK_EQ(skt_reverse(&a, name, (size_t)n + 1, 5000, NULL), n);
}

/* Last, because silent servers leave abandoned look-ups. */
static void resolve_some(void *bad) {
  skt_addr found[4];
  for (int i = 0; i < 3; ++i) {
    int rc = skt_resolve("name.invalid:1", 0, found, 4, 20, NULL);
    if (!is_no_answer(rc) && rc != SKT_EUSERS) {
      *(int *)bad = rc;
    }
  }
}

TEST(resolve, threads_resolve_at_the_same_time) {
  test_thread *threads[8];
  int bad[8] = {0};
  for (int i = 0; i < 8; ++i) {
    threads[i] = test_start(resolve_some, &bad[i]);
  }
  for (int i = 0; i < 8; ++i) {
    test_join(threads[i]);
    CHECK_EQ(bad[i], 0);
  }
}
