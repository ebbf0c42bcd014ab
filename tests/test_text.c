/* SPDX-License-Identifier: MIT */
/* The grammar of texts, through skt_text_split and skt_text_join: they look up
 * nothing, and skt_resolve reads the same. */
#include <stdio.h>
#include <string.h>

#include "skt_test.h"

static char host[SKT_NAME_MAX], joined[SKT_TEXT_MAX];
static int port;

static int split(const char *text) {
  return skt_text_split(text, host, sizeof host, &port);
}

/* CHECK_EQ would not say which text. */
static bool gives(const char *text, int want) {
  int rc = split(text);
  return (rc < 0 ? rc : 0) == want ||
         test_check_str(__FILE__, __LINE__, text, skt_errname(rc),
                        skt_errname(want));
}

TEST(text, host_and_port_come_apart_and_together) {
  static const struct {
    const char *text, *host;
    int port;
  } rows[] = {
      {"example.org:443", "example.org", 443},
      {"EXAMPLE.org.:0", "EXAMPLE.org.", 0},
      {"a:65535", "a", 65535},
      {"_dns.my-host:53", "_dns.my-host", 53},
      {"1a.2b:9", "1a.2b", 9},
      {"1.2.3.4.example:9", "1.2.3.4.example", 9},
      {"0xg:9", "0xg", 9},
      {"127.0.0.1:80", "127.0.0.1", 80},
      {"[::1]:80", "::1", 80},
      {"[::ffff:1.2.3.4]:80", "::ffff:1.2.3.4", 80},
      {"[fe80::1%7]:80", "fe80::1%7", 80},
      {"[fe80::1%no-such-interface]:80", "fe80::1%no-such-interface", 80},
      {":80", "", 80},
      {"unix:/run/x.sock", "unix:/run/x.sock", -1},
      {"unix:x:80", "unix:x:80", -1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
    CHECK_EQ(split(rows[i].text), strlen(rows[i].host));
    CHECK_STR(host, rows[i].host);
    CHECK_EQ(port, rows[i].port);
    CHECK_EQ(skt_text_join(joined, sizeof joined, host, port),
             strlen(rows[i].text));
    CHECK_STR(joined, rows[i].text);
  }
  CHECK_EQ(skt_text_split("a:1", host, sizeof host, NULL), 1);
}

TEST(text, what_is_no_text_reports_einval) {
  static const char *const bad[] = {
      "", ":", "name", "name:", "name:http", "name:+1", "name:-1", "name: 1",
      "name:1 ", "name:01", "name:00", "name:65536",
      "name:99999999999999999999", "name:1:2", "::1:80", "::1", "[::1]",
      "[::1]:", "[::1", "[::1]80", "[]:80", "[name]:80", "[127.0.0.1]:80",
      "[::1]:80 ", "[::1%]:80", "[::1%a b]:80", "[::1%a/b]:80", "[::1%01]:80",
      "[::1%4294967296]:80", "[::g%eth0]:80",
      /* numbers that are not what they seem */
      "127.1:80", "010.0.0.1:80", "0x7f.1:80", "0x7f000001:80", "2130706433:80",
      "1.2.3.4.:80", "1.2.3.256:80", "1.2.3:80", "1.2.3.4.5:80", "name.1:80",
      "name.0x1F:80", "name.0x:80", "name.1.:80", "0:80", "1..2:80",
      /* names */
      ".:80", "..:80", ".a:80", "a..b:80", "a..:80", " a:80", "a :80", "a b:80",
      "a\t:80", "a\n:80", "a\x7f:80", "a\x01:80", "a/b:80", "a%b:80", "a@b:80",
      "a*:80", "a,b:80", "b\xc3\xbcro.example:80", "\xff\xfe:80", "\xe2\x82:80",
      "unix:", "http://a:80"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    CHECK(gives(bad[i], SKT_EINVAL));
    CHECK_STR(host, "");
    CHECK_EQ(port, 0);
  }
}

/* A text of labels of n bytes each, in all `length`, and ":1". */
static const char *labels(size_t n, size_t length, bool dot) {
  static char text[12000];
  for (size_t i = 0; i < length; ++i) {
    text[i] = i % (n + 1) == n ? '.' : 'a';
  }
  snprintf(text + length, sizeof ".:1", "%s", dot ? ".:1" : ":1");
  return text;
}

TEST(text, labels_have_up_to_63_bytes_and_names_253) {
  CHECK(gives(labels(63, 63, false), 0));
  CHECK(gives(labels(63, 63, true), 0));
  CHECK(gives(labels(64, 64, false), SKT_ENAMETOOLONG));
  CHECK(gives(labels(64, 129, false), SKT_ENAMETOOLONG));
  CHECK(gives(labels(63, 253, false), 0));
  CHECK(gives(labels(63, 253, true), 0));
  CHECK_EQ(strlen(host), 254);
  CHECK(gives(labels(61, 254, false), SKT_ENAMETOOLONG));
  CHECK(gives(labels(61, 254, true), SKT_ENAMETOOLONG));
  CHECK(gives(labels(63, 10000, false), SKT_ENAMETOOLONG));
  CHECK(gives(labels(20000, 10000, false), SKT_ENAMETOOLONG));
}

TEST(text, bad_byte_wins_over_length) {
  char text[10010];
  memcpy(text, labels(63, 10000, false), 10000 + sizeof ":1");
  text[9000] = '\n';
  CHECK(gives(text, SKT_EINVAL));
}

TEST(text, host_that_is_too_long_for_any_text_is_refused) {
  char text[400] = "[::1%";
  memset(text + 5, 'a', 252);
  memcpy(text + 257, "]:1", sizeof "]:1");
  CHECK(gives(text, SKT_ENAMETOOLONG));
  memcpy(text + 256, "]:1", sizeof "]:1");
  CHECK_EQ(split(text), 255);
}

TEST(text, room_that_is_too_small_reports_enospc) {
  char small[20];
  for (size_t n = 1; n <= 3; ++n) {
    memset(small, 'x', sizeof small);
    CHECK_EQ(skt_text_split("abc:80", small, n, &port), SKT_ENOSPC);
    CHECK_EQ(small[0], 0);
    CHECK_EQ(small[n], 'x');
    CHECK_EQ(port, 0);
  }
  CHECK_EQ(skt_text_split("abc:80", small, 4, &port), 3);
  CHECK_EQ(skt_text_split("abc:80", small, 0, &port), SKT_ENOSPC);
  for (size_t n = 1; n <= 8; ++n) {
    memset(small, 'x', sizeof small);
    CHECK_EQ(skt_text_join(small, n, "::1", 80), SKT_ENOSPC);
    CHECK_EQ(small[0], 0);
    CHECK_EQ(small[n], 'x');
  }
  CHECK_EQ(skt_text_join(small, 9, "::1", 80), 8);
  CHECK_EQ(skt_text_join(small, 0, "a", 80), SKT_ENOSPC);
}

TEST(text, null_pointers_report_efault) {
  CHECK_EQ(skt_text_split(NULL, host, sizeof host, &port), SKT_EFAULT);
  CHECK_EQ(skt_text_split("a:1", NULL, 9, &port), SKT_EFAULT);
  CHECK_EQ(skt_text_join(NULL, 9, "a", 1), SKT_EFAULT);
  CHECK_EQ(skt_text_join(joined, sizeof joined, NULL, 1), SKT_EFAULT);
}

TEST(text, only_hosts_and_ports_can_be_joined) {
  static const struct {
    const char *host;
    int port, want;
  } rows[] = {{"a", -1, SKT_EINVAL},      {"a", 65536, SKT_EINVAL},
              {"a b", 1, SKT_EINVAL},     {"127.1", 1, SKT_EINVAL},
              {"unix:x", 1, SKT_EINVAL},  {"unix:x", -2, SKT_EINVAL},
              {"unix:", -1, SKT_EINVAL},  {"a:1", 1, SKT_EINVAL},
              {"[a]", 1, SKT_EINVAL},     {"", -1, SKT_EINVAL},
              {"[::1]:5", 1, SKT_EINVAL}, {"::g", 1, SKT_EINVAL},
              {"unix", 80, SKT_EINVAL}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i) {
    memcpy(joined, "x", sizeof "x");
    CHECK_EQ(skt_text_join(joined, sizeof joined, rows[i].host, rows[i].port),
             rows[i].want);
    CHECK_STR(joined, "");
  }
  CHECK_EQ(skt_text_join(joined, sizeof joined, "[::1]", 80), 8);
  CHECK_STR(joined, "[::1]:80");
  CHECK_EQ(skt_text_join(joined, sizeof joined, labels(63, 10000, false), 1),
           SKT_ENAMETOOLONG);
}

TEST(text, longest_host_and_port_fit) {
  char longest[SKT_NAME_MAX] = "::1%";
  memset(longest + 4, 'a', sizeof longest - 5);
  longest[4 + 250] = '\0';
  CHECK_EQ(skt_text_join(joined, sizeof joined, longest, 65535), 262);
  CHECK_EQ(split(joined), 254);
  CHECK_STR(host, longest);
}

/* A simple generator, the same on every system. */
static unsigned next_number(unsigned *state) {
  *state = *state * 1664525u + 1013904223u;
  return *state >> 8;
}

/* A text of a few pieces that mean something. */
static void make_text(char *text, unsigned *state) {
  static const char *const pieces[] = {
      ":",       ".",     "[",     "]", "%",     "::",        "1",
      "0",       "65535", "65536", "a", "xn--a", "localhost", "127.0.0.1",
      "fe80::1", "unix:", "/",     "@", "0x",    "_",         "-",
      ":80",     "]:80",  "ffff",  " ", "\n",    "\x80",      "256"};
  size_t length = 0;
  for (unsigned n = next_number(state) % 7 + 1; n > 0; --n) {
    unsigned i = next_number(state) % (sizeof pieces / sizeof *pieces);
    length += (size_t)snprintf(text + length, 12, "%s", pieces[i]);
  }
}

TEST(text, whatever_comes_apart_goes_together_again) {
  unsigned state = 1;
  int taken = 0;
  for (int i = 0; i < 200000; ++i) {
    char text[100];
    skt_addr a;
    make_text(text, &state);
    int rc = split(text);
    if (skt_addr_parse(&a, text) == 0) {
      CHECK(gives(text, 0)); /* the grammar of addresses is a part of it */
    }
    if (rc >= 0) {
      ++taken;
      CHECK(skt_text_join(joined, sizeof joined, host, port) > 0);
      CHECK_STR(joined, text);
    }
  }
  CHECK(taken > 1000);
}
