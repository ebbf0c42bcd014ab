/* SPDX-License-Identifier: MIT */
/* Addresses from their parts and to their parts, compared and classified. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static skt_addr address(const char *text) {
  skt_addr a;
  skt_addr_parse(&a, text);
  return a;
}

static bool is_text(const skt_addr *a, const char *want) {
  char text[SKT_ADDR_TEXT_MAX];
  return skt_addr_format(a, text, sizeof text) > 0 && strcmp(text, want) == 0;
}

static bool is_zeroed(const skt_addr *a) {
  static const skt_addr zeroed;
  return memcmp(a, &zeroed, sizeof zeroed) == 0;
}

TEST(address_value, bytes_and_port_make_an_address) {
  static const unsigned char v4[] = {192, 0, 2, 1};
  static const unsigned char v6[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
  skt_addr a, want = address("192.0.2.1:258");
  memset(&a, 0xff, sizeof a);
  CHECK_EQ(skt_addr_from_bytes(&a, v4, 4, 258), 0);
  CHECK_EQ(memcmp(&a, &want, sizeof a), 0);
  CHECK_EQ(skt_addr_from_bytes(&a, v6, 16, 65535), 0);
  CHECK(is_text(&a, "[2001:db8::1]:65535"));
  CHECK_EQ(skt_addr_from_bytes(&a, v6, 16, 0), 0);
  CHECK(is_text(&a, "[2001:db8::1]:0"));
}

TEST(address_value, mapped_bytes_make_plain_ipv4) {
  static const unsigned char mapped[16] = {
      [10] = 0xff, [11] = 0xff, [12] = 1, [13] = 2, [14] = 3, [15] = 4};
  skt_addr a, want = address("1.2.3.4:5");
  CHECK_EQ(skt_addr_from_bytes(&a, mapped, 16, 5), 0);
  CHECK_EQ(memcmp(&a, &want, sizeof a), 0);
}

TEST(address_value, wrong_number_of_bytes_or_port_reports_einval) {
  static const unsigned char bytes[32];
  for (size_t n = 0; n <= sizeof bytes; ++n) {
    skt_addr a = address("1.2.3.4:5");
    int want = n == 4 || n == 16 ? 0 : SKT_EINVAL;
    CHECK_EQ(skt_addr_from_bytes(&a, bytes, n, 1), want);
    CHECK_EQ(is_zeroed(&a), want < 0);
    CHECK_EQ(skt_addr_from_bytes(&a, bytes, n, -1), SKT_EINVAL);
    CHECK(is_zeroed(&a));
    CHECK_EQ(skt_addr_from_bytes(&a, bytes, n, 65536), SKT_EINVAL);
  }
}

TEST(address_value, bytes_come_out_without_the_port) {
  static const unsigned char v4[] = {1, 2, 3, 4};
  static const unsigned char v6[16] = {0xfe, 0x80, [15] = 9};
  unsigned char bytes[17];
  skt_addr a = address("1.2.3.4:5"), b = address("[fe80::9%3]:5");
  memset(bytes, '#', sizeof bytes);
  CHECK_EQ(skt_addr_bytes(&a, bytes), 4);
  CHECK_EQ(memcmp(bytes, v4, 4), 0);
  CHECK_EQ(bytes[4], '#');
  CHECK_EQ(skt_addr_bytes(&b, bytes), 16);
  CHECK_EQ(memcmp(bytes, v6, 16), 0);
  CHECK_EQ(bytes[16], '#');
}

/* bytes -> address -> text -> address -> bytes, with as many zeros in each
 * address as its number says. */
TEST(address_value, thousand_addresses_come_back_through_their_text) {
  uint64_t state = 7;
  for (int i = 0; i < 1000; ++i) {
    unsigned char in[16], out[16];
    char text[SKT_ADDR_TEXT_MAX];
    skt_addr a, b;
    int n = i % 2 == 0 ? 4 : 16, port = i * 131 % 65536;
    for (int k = 0; k < n; ++k) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      in[k] = (int)(state >> 61) < i % 8 ? 0 : (uint8_t)(state >> 40);
    }
    in[0] |= 1; /* no mapped IPv4 */
    CHECK_EQ(skt_addr_from_bytes(&a, in, (size_t)n, port), 0);
    CHECK(skt_addr_format(&a, text, sizeof text) > 0);
    CHECK_EQ(skt_addr_parse(&b, text), 0);
    CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
    CHECK_EQ(skt_addr_compare(&a, &b), 0);
    CHECK_EQ(skt_addr_bytes(&b, out), n);
    CHECK_EQ(memcmp(in, out, (size_t)n), 0);
    CHECK_EQ(skt_addr_port(&b), port);
  }
}

TEST(address_value, wildcard_and_loopback_are_those_of_their_domain) {
  skt_addr a;
  CHECK_EQ(skt_addr_any(&a, SKT_IPV4, 80), 0);
  CHECK(is_text(&a, "0.0.0.0:80"));
  CHECK_EQ(skt_addr_any(&a, SKT_IPV6, 0), 0);
  CHECK(is_text(&a, "[::]:0"));
  CHECK_EQ(skt_addr_loopback(&a, SKT_IPV4, 65535), 0);
  CHECK(is_text(&a, "127.0.0.1:65535"));
  CHECK_EQ(skt_addr_loopback(&a, SKT_IPV6, 1), 0);
  CHECK(is_text(&a, "[::1]:1"));
}

TEST(address_value, other_domains_have_no_wildcard_and_no_loopback) {
  static const int others[] = {0, SKT_UNIX, 4, -1, SKT_STREAM, SKT_EINVAL};
  for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
    skt_addr a = address("1.2.3.4:5");
    CHECK_EQ(skt_addr_any(&a, others[i], 1), SKT_EINVAL);
    CHECK(is_zeroed(&a));
    a = address("1.2.3.4:5");
    CHECK_EQ(skt_addr_loopback(&a, others[i], 1), SKT_EINVAL);
    CHECK(is_zeroed(&a));
  }
}

TEST(address_value, socket_is_bound_to_what_they_make) {
  skt s = {0}, c = {0};
  skt_addr a, at;
  CHECK_EQ(skt_addr_any(&a, SKT_IPV4, 0), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, &a, 0), 0);
  CHECK_EQ(skt_listen(&s, 0), 0);
  CHECK_EQ(skt_local(&s, &at), 0);
  CHECK_EQ(skt_addr_class(&at), SKT_ADDR_WILDCARD);
  CHECK_EQ(skt_addr_loopback(&a, SKT_IPV4, skt_addr_port(&at)), 0);
  CHECK_EQ(skt_socket(&c, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&c, &a), 0);
  CHECK_EQ(skt_peer(&c, &at), 0);
  CHECK_EQ(skt_addr_compare(&a, &at), 0);
  CHECK_EQ(skt_close(&c), 0);
  CHECK_EQ(skt_close(&s), 0);
}

TEST(address_value, port_is_changed_and_nothing_else) {
  skt_addr a = address("[fe80::1%7]:80"), b = address("1.2.3.4:80");
  CHECK_EQ(skt_addr_set_port(&a, 65535), 0);
  CHECK(is_text(&a, "[fe80::1%7]:65535"));
  CHECK_EQ(skt_addr_set_port(&b, 258), 0);
  skt_addr want = address("1.2.3.4:258");
  CHECK_EQ(memcmp(&b, &want, sizeof b), 0);
  CHECK_EQ(skt_addr_set_port(&b, 65536), SKT_EINVAL);
  CHECK_EQ(skt_addr_set_port(&b, -1), SKT_EINVAL);
  CHECK_EQ(memcmp(&b, &want, sizeof b), 0);
}

TEST(address_value, scope_is_that_of_ipv6) {
  skt_addr a = address("[fe80::1%4294967295]:80"), b = address("1.2.3.4:80");
  CHECK_EQ(skt_addr_scope(&a), 4294967295);
  CHECK_EQ(skt_addr_set_scope(&a, 0), 0);
  CHECK(is_text(&a, "[fe80::1]:80"));
  CHECK_EQ(skt_addr_scope(&a), 0);
  CHECK_EQ(skt_addr_set_scope(&a, 4000000000), 0);
  CHECK(is_text(&a, "[fe80::1%4000000000]:80"));
  CHECK_EQ(skt_addr_scope(&b), SKT_EINVAL);
  CHECK_EQ(skt_addr_set_scope(&b, 0), SKT_EINVAL);
  CHECK(is_text(&b, "1.2.3.4:80"));
}

TEST(address_value, unix_address_has_no_bytes_port_or_scope) {
  unsigned char bytes[16] = "#";
  skt_addr a = address("unix:/run/x"), before = a;
  CHECK_EQ(skt_addr_bytes(&a, bytes), SKT_EINVAL);
  CHECK_EQ(bytes[0], '#');
  CHECK_EQ(skt_addr_set_port(&a, 1), SKT_EINVAL);
  CHECK_EQ(skt_addr_scope(&a), SKT_EINVAL);
  CHECK_EQ(skt_addr_set_scope(&a, 1), SKT_EINVAL);
  CHECK_EQ(skt_addr_class(&a), 0);
  CHECK_EQ(memcmp(&a, &before, sizeof a), 0);
}

TEST(address_value, no_address_has_no_parts) {
  unsigned char bytes[16] = "#";
  skt_addr a = {0};
  CHECK_EQ(skt_addr_bytes(&a, bytes), SKT_EINVAL);
  CHECK_EQ(bytes[0], '#');
  CHECK_EQ(skt_addr_set_port(&a, 1), SKT_EINVAL);
  CHECK_EQ(skt_addr_scope(&a), SKT_EINVAL);
  CHECK_EQ(skt_addr_set_scope(&a, 1), SKT_EINVAL);
  CHECK_EQ(skt_addr_class(&a), SKT_EINVAL);
  CHECK(is_zeroed(&a));
}

TEST(address_value, null_reports_efault) {
  unsigned char bytes[16] = {0};
  skt_addr a = address("1.2.3.4:5");
  CHECK_EQ(skt_addr_from_bytes(NULL, bytes, 3, -1), SKT_EFAULT);
  CHECK_EQ(skt_addr_bytes(NULL, bytes), SKT_EFAULT);
  CHECK_EQ(skt_addr_bytes(&a, NULL), SKT_EFAULT);
  CHECK_EQ(skt_addr_any(NULL, 0, -1), SKT_EFAULT);
  CHECK_EQ(skt_addr_loopback(NULL, 0, -1), SKT_EFAULT);
  CHECK_EQ(skt_addr_set_port(NULL, -1), SKT_EFAULT);
  CHECK_EQ(skt_addr_scope(NULL), SKT_EFAULT);
  CHECK_EQ(skt_addr_set_scope(NULL, 1), SKT_EFAULT);
  CHECK_EQ(skt_addr_class(NULL), SKT_EFAULT);
  CHECK_EQ(skt_addr_from_bytes(&a, NULL, 3, -1), SKT_EFAULT);
  CHECK(is_zeroed(&a));
}

TEST(address_value, order_is_domain_bytes_port_scope) {
  static const char *const sorted[] = {
      "0.0.0.0:65535",   "1.2.3.4:80",
      "1.2.3.4:258",     "1.2.3.5:1",
      "127.0.0.1:1",     "128.0.0.1:1",
      "255.0.0.0:0",     "[::]:1",
      "[::1]:1",         "[::ffff:0.0.0.0]:1",
      "[fe80::1]:1",     "[fe80::1%1]:1",
      "[fe80::1%256]:1", "[fe80::1%4294967295]:1",
      "[fe80::1]:2",     "[fe80::2]:1",
      "unix:a",          "unix:aa",
      "unix:b",          "unix:\xff"};
  enum { N = sizeof sorted / sizeof *sorted };
  skt_addr all[N + 1] = {{0}}; /* no address comes first */
  for (int i = 0; i < N; ++i) {
    CHECK_EQ(skt_addr_parse(&all[i + 1], sorted[i]), 0);
  }
  for (int i = 0; i <= N; ++i) {
    for (int k = 0; k <= N; ++k) {
      CHECK_EQ(skt_addr_compare(&all[i], &all[k]), (i > k) - (i < k));
    }
  }
}

TEST(address_value, null_and_no_address_are_equal_and_come_first) {
  skt_addr none = {0}, odd, a = address("0.0.0.0:0");
  memset(&odd, 0xff, sizeof odd);
  CHECK_EQ(skt_addr_compare(NULL, NULL), 0);
  CHECK_EQ(skt_addr_compare(NULL, &none), 0);
  CHECK_EQ(skt_addr_compare(&odd, &none), 0);
  CHECK_EQ(skt_addr_compare(NULL, &a), -1);
  CHECK_EQ(skt_addr_compare(&a, NULL), 1);
  CHECK_EQ(skt_addr_compare(&odd, &a), -1);
}

TEST(address_value, abstract_name_with_a_zero_more_is_another) {
  unsigned char native[128] = {0};
  size_t length;
  skt_addr a, b;
  if (skt_addr_parse(&a, "unix:@a") < 0) {
    SKIP("this system has no abstract names");
  }
  const void *bytes = skt_addr_native(&a, &length);
  memcpy(native, bytes, length);
  CHECK_EQ(skt_addr_from_native(&b, native, length + 1), 0);
  CHECK_EQ(skt_addr_compare(&a, &b), -1);
  CHECK_EQ(skt_addr_compare(&b, &a), 1);
}

/* sin6_flowinfo stands after family and port on every system. */
TEST(address_value, flow_label_of_the_system_makes_no_difference) {
  unsigned char native[128];
  size_t length;
  skt_addr a = address("[2001:db8::1]:80"), b;
  const void *bytes = skt_addr_native(&a, &length);
  memcpy(native, bytes, length);
  native[5] = 0xab;
  CHECK_EQ(skt_addr_from_native(&b, native, length), 0);
  CHECK(memcmp(&a, &b, sizeof a) != 0);
  CHECK_EQ(skt_addr_compare(&a, &b), 0);
  CHECK_EQ(skt_addr_set_port(&b, 80), 0);
  CHECK_EQ(skt_addr_compare(&a, &b), 0);
}

static const struct {
  const char *text;
  int bits;
} classes[] = {
    {"0.0.0.0:1", SKT_ADDR_WILDCARD},
    {"0.0.0.1:1", 0},
    {"[::]:1", SKT_ADDR_WILDCARD},
    {"126.255.255.255:1", 0},
    {"127.0.0.0:1", SKT_ADDR_LOOPBACK},
    {"127.255.255.255:1", SKT_ADDR_LOOPBACK},
    {"128.0.0.0:1", 0},
    {"[::1]:1", SKT_ADDR_LOOPBACK},
    {"[::2]:1", 0},
    {"[1::1]:1", 0},
    {"223.255.255.255:1", 0},
    {"224.0.0.0:1", SKT_ADDR_MULTICAST},
    {"239.255.255.255:1", SKT_ADDR_MULTICAST},
    {"240.0.0.0:1", 0},
    {"255.255.255.255:1", 0},
    {"[feff::1]:1", 0},
    {"[ff00::]:1", SKT_ADDR_MULTICAST},
    {"[ff02::1%1]:1", SKT_ADDR_MULTICAST},
    {"169.253.255.255:1", 0},
    {"169.254.0.0:1", SKT_ADDR_LINK_LOCAL},
    {"169.255.0.0:1", 0},
    {"[fe7f::1]:1", 0},
    {"[fe80::1]:1", SKT_ADDR_LINK_LOCAL},
    {"[febf::1]:1", SKT_ADDR_LINK_LOCAL},
    {"[fec0::1]:1", 0},
    {"9.255.255.255:1", 0},
    {"10.0.0.0:1", SKT_ADDR_PRIVATE},
    {"10.255.255.255:1", SKT_ADDR_PRIVATE},
    {"11.0.0.0:1", 0},
    {"172.15.255.255:1", 0},
    {"172.16.0.0:1", SKT_ADDR_PRIVATE},
    {"172.31.255.255:1", SKT_ADDR_PRIVATE},
    {"172.32.0.0:1", 0},
    {"192.167.255.255:1", 0},
    {"192.168.0.0:1", SKT_ADDR_PRIVATE},
    {"192.169.0.0:1", 0},
    {"100.64.0.1:1", 0},
    {"[fbff::1]:1", 0},
    {"[fc00::1]:1", SKT_ADDR_PRIVATE},
    {"[fdff::1]:1", SKT_ADDR_PRIVATE},
    {"[fe00::1]:1", 0},
    {"[2001:db8::1]:1", 0},
    {"[::ffff:0.0.0.0]:1", SKT_ADDR_WILDCARD},
    {"[::ffff:127.0.0.1]:1", SKT_ADDR_LOOPBACK},
    {"[::ffff:169.254.0.1]:1", SKT_ADDR_LINK_LOCAL},
    {"[::ffff:192.168.1.1]:1", SKT_ADDR_PRIVATE},
    {"[::fffe:127.0.0.1]:1", 0},
    {"[::127.0.0.1]:1", 0},
};

TEST(address_value, classes_end_where_their_rfcs_say) {
  for (size_t i = 0; i < sizeof classes / sizeof *classes; ++i) {
    skt_addr a = address(classes[i].text);
    int bits = skt_addr_class(&a);
    if (!test_check_eq(__FILE__, __LINE__, classes[i].text, bits,
                       classes[i].bits)) {
      return;
    }
  }
}
