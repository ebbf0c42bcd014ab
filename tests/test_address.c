/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

TEST(address, text_comes_back_as_rfc_5952_writes_it) {
  static const struct {
    const char *in, *out;
    int domain;
  } good[] = {
      {"127.0.0.1:80", NULL, SKT_IPV4},
      {"0.0.0.0:0", NULL, SKT_IPV4},
      {"255.255.255.255:65535", NULL, SKT_IPV4},
      {"[::]:0", NULL, SKT_IPV6},
      {"[::1]:80", NULL, SKT_IPV6},
      {"[2001:db8::1]:443", NULL, SKT_IPV6},
      {"[2001:DB8::A]:443", "[2001:db8::a]:443", SKT_IPV6},
      {"[2001:0db8:0000:0000:0000:0000:0000:0001]:1", "[2001:db8::1]:1",
       SKT_IPV6},
      {"[1:2:3:4:5:6:7:8]:9", NULL, SKT_IPV6},
      {"[1:2:3:4:5:6:7::]:9", "[1:2:3:4:5:6:7:0]:9", SKT_IPV6},
      {"[::2:3:4:5:6:7:8]:9", "[0:2:3:4:5:6:7:8]:9", SKT_IPV6},
      {"[1:0:0:4:0:0:0:8]:9", "[1:0:0:4::8]:9", SKT_IPV6},
      {"[1:0:0:4:5:0:0:8]:9", "[1::4:5:0:0:8]:9", SKT_IPV6},
      {"[1:0:3:0:5:0:7:0]:9", NULL, SKT_IPV6},
      {"[1::]:9", NULL, SKT_IPV6},
      {"[::ffff:1.2.3.4]:9", NULL, SKT_IPV6},
      {"[::ffff:102:304]:9", "[::ffff:1.2.3.4]:9", SKT_IPV6},
      {"[::1.2.3.4]:9", "[::102:304]:9", SKT_IPV6},
      {"[64:ff9b::192.0.2.33]:9", "[64:ff9b::c000:221]:9", SKT_IPV6},
      {"[1:2:3:4:5:6:7.8.9.10]:9", "[1:2:3:4:5:6:708:90a]:9", SKT_IPV6},
      {"[fe80::1%2]:80", NULL, SKT_IPV6},
      {"[fe80::1%4294967295]:80", NULL, SKT_IPV6},
      {"[fe80::1%0]:80", "[fe80::1]:80", SKT_IPV6},
      {"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535", NULL,
       SKT_IPV6},
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
    skt_addr a;
    char text[SKT_ADDR_TEXT_MAX];
    const char *want = good[i].out != NULL ? good[i].out : good[i].in;
    CHECK_EQ(skt_addr_parse(&a, good[i].in), 0);
    CHECK_EQ(skt_addr_domain(&a), good[i].domain);
    CHECK_EQ(skt_addr_format(&a, text, sizeof text), strlen(want));
    CHECK_STR(text, want);
  }
}

/* clang-format off */
static const char *const no_addresses[] = {
    "", ":", ":80", "80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
    "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "127.0.0.1:1 ",
    " 127.0.0.1:1", "1.2.3.4:99999", "1.2.3.4:65536", "1.2.3.4:4294967296",
    "1.2.3.4:18446744073709551617", "1.2.3.4:080", "1.2.3.4:0x50",
    "010.0.0.1:80", "1.2.3.04:80", "1.2.3.256:80", "1.2.3:80", "127.1:80",
    "1.2.3.4.5:80", "1..3.4:80", "0x7f.0.0.1:80", "0x7f000001:80",
    "2130706433:80", "1.2.3.4:80:80", "localhost:80", "[1.2.3.4]:80", "::1:80",
    "[::1", "[::1]", "[::1]80", "[::1]:", "[]:80", "[:]:80", "[:1]:80",
    "[1:]:80", "[:::]:80", "[1:::2]:80", "[1::2::3]:80", "[::1::2]:80",
    "[::1::]:80", "[1::2::]:80", "[::.1.2.3]:80", "[.1.2.3.4]:80",
    "[::1234567890]:80", "[1:2:3:4:5:6:7]:80", "u", "uni", "unix", "unix:",
    "UNIX:/x", "00.1.2.3:80", "1.2.3.00:80", "1.2.3.004:80", "1.2.3.099:80",
    "1.2.3.1000:80", "1.2.3.4:00", "1.2.3.4:00000000000000000080",
    "[1:2:3:4:5:6:7:8:9]:80", "[1:2:3:4:5:6:7:8::]:80",
    "[::1:2:3:4:5:6:7:8]:80", "[12345::]:80", "[g::]:80", "[::1.2.3]:80",
    "[::1.2.3.400]:80", "[::01.2.3.4]:80", "[1:2:3:4:5:6:7:1.2.3.4]:80",
    "[::1.2.3.4:5]:80", "[1.2.3.4::]:80", "[fe80::1%]:80", "[fe80::1%2:80",
    "[fe80::1%4294967296]:80", "[fe80::1%02]:80", "[::1]]:80", "[::1]:80]",
    "\xff\xfe:80", "1.2.3.4:80\n", "1.2.3,4:80", "1 2 3 4:80", "1.2.34:80",
    "[1:2:3:4:5:6:7:]:80", "[1:2:3:4:5:6:7:89abc]:80", "[::12345]:80",
    "[G::]:80", "[::G]:80", "[::g]:80", "[1::2:]:80", "[::1:]:80", "[1:::]:80",
    "[1::x]:80", "[1:x::]:80", "[::%]:80", "[::1.2.3.4%]:80", "[fe80::1%x",
    "[fe80::1%2]x:80", "[1:2:3:4:5:6:7:8]80", "[1:2:3:4:5:6:7:8:80",
    "[::1.2.3.4:80", "[1.2.3.4:80",
    /* IPv4 in the place of groups that are already full */
    "[::1:2:3:4:5:6:1.2.3.4]:80", "[::2:3:4:5:6:7:1.2.3.4]:80",
    "[::1:2:3:4:5:6:7:1.2.3.4]:80", "[1:2:3:4:5:6:7::1.2.3.4]:80",
};
/* clang-format on */

TEST(address, anything_else_is_refused) {
  for (size_t i = 0; i < sizeof no_addresses / sizeof *no_addresses; ++i) {
    const char *text = no_addresses[i];
    skt_addr a;
    memset(&a, 0xff, sizeof a);
    int rc = skt_addr_parse(&a, text);
    if (!test_check_eq(__FILE__, __LINE__, text, rc, SKT_EINVAL)) {
      return;
    }
    CHECK_EQ(skt_addr_domain(&a), SKT_EINVAL);
  }
}

TEST(address, unknown_interface_reports_enodev) {
  skt_addr a;
  CHECK_EQ(skt_addr_parse(&a, "[fe80::1%nosuchif]:1"), SKT_ENODEV);
  CHECK_EQ(skt_addr_domain(&a), SKT_EINVAL);
}

TEST(address, thousand_interfaces_that_are_not_there_leak_nothing) {
  skt_addr a;
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_addr_parse(&a, "[fe80::1%nosuchif]:1"), SKT_ENODEV);
  }
  CHECK(highest_of_eight() < before + 500);
}

TEST(address, interface_name_has_255_bytes_or_less) {
  char text[300] = "[fe80::1%";
  skt_addr a;
  memset(text + 9, 'x', 256);
  memcpy(text + 9 + 255, "]:80", 5);
  CHECK_EQ(skt_addr_parse(&a, text), SKT_ENODEV);
  memcpy(text + 9 + 255, "x]:80", 6);
  CHECK_EQ(skt_addr_parse(&a, text), SKT_EINVAL);
}

/* Linux, the BSDs and macOS, Windows, Wine: each has one of them. */
TEST(address, interface_of_the_system_is_found) {
  static const char *const names[] = {
      "lo", "lo0", "loopback_0", "loopback_1", "ethernet_0", "ethernet_32768"};
  int found = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    char text[SKT_ADDR_TEXT_MAX];
    skt_addr a;
    snprintf(text, sizeof text, "[fe80::1%%%s]:1", names[i]);
    int rc = skt_addr_parse(&a, text);
    CHECK(rc == 0 || rc == SKT_ENODEV);
    if (rc == 0) {
      CHECK(skt_addr_format(&a, text, sizeof text) > 0);
      CHECK(strchr(text, '%') != NULL);
      ++found;
    }
  }
  CHECK(found > 0);
}

/* Linux takes "lo:x" for "lo"; and no name has a byte that has a meaning in an
 * address, in a path or in a log. */
TEST(address, interface_name_with_a_byte_that_none_has_is_refused) {
  static const char *const names[] = {
      "lo:junk", "lo:",  "lo:1", ":lo",  "lo/", "../lo", "lo%1", "%lo",
      "%25lo",   "lo[1", "[lo",  "lo x", " lo", "lo ",   "lo\t", "lo\n",
      "lo\v",    "1:1",  "1 ",   "1:",   "1%",  "1\f"};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
    char text[SKT_ADDR_TEXT_MAX];
    skt_addr a;
    snprintf(text, sizeof text, "[fe80::1%%%s]:80", names[i]);
    CHECK_EQ(skt_addr_parse(&a, text), SKT_EINVAL);
  }
}

/* To look up a name takes a descriptor on POSIX systems. */
TEST(address, interface_without_a_descriptor_left_reports_emfile) {
  skt_addr a;
  if (skt_addr_parse(&a, "[fe80::1%lo]:1") < 0) {
    SKIP("this system has no interface lo");
  }
  if (!test_allow_descriptors(0)) {
    SKIP("this system has no limit of descriptors");
  }
  int rc = skt_addr_parse(&a, "[fe80::1%lo]:1");
  test_allow_descriptors(-1);
  CHECK_EQ(rc, SKT_EMFILE);
  CHECK_EQ(skt_addr_domain(&a), SKT_EINVAL);
  CHECK_EQ(skt_addr_parse(&a, "[fe80::1%lo]:1"), 0);
}

TEST(address, absurdly_long_text_is_refused) {
  static char text[100000];
  skt_addr a;
  memset(text, '1', sizeof text - 1);
  CHECK_EQ(skt_addr_parse(&a, text), SKT_EINVAL);
  memset(text, 'x', sizeof text - 1);
  memcpy(text, "[fe80::1%", 9);
  memcpy(text + sizeof text - 5, "]:80", 4);
  CHECK_EQ(skt_addr_parse(&a, text), SKT_EINVAL);
}

TEST(address, short_buffer_reports_enospc_and_writes_only_an_end) {
  static const char want[] = "127.0.0.1:80";
  skt_addr a;
  char text[SKT_ADDR_TEXT_MAX];
  CHECK_EQ(skt_addr_parse(&a, want), 0);
  for (size_t capacity = 0; capacity < sizeof want; ++capacity) {
    memset(text, '#', sizeof text);
    CHECK_EQ(skt_addr_format(&a, text, capacity), SKT_ENOSPC);
    CHECK_EQ(text[0], capacity == 0 ? '#' : '\0');
    CHECK_EQ(text[1], '#');
  }
  CHECK_EQ(skt_addr_format(&a, text, sizeof want), sizeof want - 1);
  CHECK_STR(text, want);
}

/* A small generator, so that every run sees the same addresses. */
static unsigned next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(*state >> 40);
}

static bool round_trips(uint64_t *state) {
  char text[64], again[SKT_ADDR_TEXT_MAX];
  skt_addr a, b;
  int n = 0;
  text[n++] = '[';
  for (int i = 0; i < 8; ++i) { /* half of the groups are 0 */
    unsigned group = next_random(state) & 1 ? next_random(state) & 0xffff : 0;
    for (int shift = 12; shift >= 0; shift -= 4) {
      text[n++] = "0123456789abcdef"[group >> shift & 15];
    }
    text[n++] = i < 7 ? ':' : ']';
  }
  memcpy(text + n, ":7", 3);
  return skt_addr_parse(&a, text) == 0 &&
         skt_addr_format(&a, again, sizeof again) > 0 &&
         skt_addr_parse(&b, again) == 0 && memcmp(&a, &b, sizeof a) == 0;
}

TEST(address, ten_thousand_addresses_round_trip) {
  uint64_t state = 1;
  for (int i = 0; i < 10000; ++i) {
    CHECK(round_trips(&state));
  }
}

TEST(address, native_bytes_go_out_and_come_back) {
  static const char *const texts[] = {"127.0.0.1:80", "[fe80::1%3]:65535"};
  for (size_t i = 0; i < 2; ++i) {
    skt_addr a, b;
    size_t length = 0;
    CHECK_EQ(skt_addr_parse(&a, texts[i]), 0);
    const void *native = skt_addr_native(&a, &length);
    CHECK(native != NULL && length > 0);
    CHECK_EQ(skt_addr_from_native(&b, native, length), 0);
    CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
    CHECK_EQ(skt_addr_from_native(&b, native, length + 12), 0);
    CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
    for (size_t less = 0; less < length; ++less) {
      CHECK_EQ(skt_addr_from_native(&b, native, less), SKT_EINVAL);
      CHECK_EQ(skt_addr_domain(&b), SKT_EINVAL);
    }
  }
}

TEST(address, native_bytes_of_any_alignment_are_read) {
  skt_addr a, b;
  size_t length;
  char bytes[128];
  CHECK_EQ(skt_addr_parse(&a, "[2001:db8::1]:80"), 0);
  const void *native = skt_addr_native(&a, &length);
  for (size_t offset = 0; offset < 8; ++offset) {
    memcpy(bytes + offset, native, length);
    CHECK_EQ(skt_addr_from_native(&b, bytes + offset, length), 0);
    CHECK_EQ(memcmp(&a, &b, sizeof a), 0);
  }
}

TEST(address, mapped_ipv4_from_the_system_becomes_plain) {
  skt_addr a, b;
  size_t length;
  CHECK_EQ(skt_addr_parse(&a, "[::ffff:1.2.3.4]:80"), 0);
  const void *native = skt_addr_native(&a, &length);
  CHECK_EQ(skt_addr_from_native(&b, native, length), 0);
  CHECK(text_begins(&b, "1.2.3.4:80"));
}

TEST(address, mapped_ipv4_from_the_system_keeps_its_port_and_nothing_else) {
  skt_addr from, got, want;
  size_t length;
  CHECK_EQ(skt_addr_parse(&from, "[::ffff:1.2.3.4%7]:8081"), 0);
  CHECK_EQ(skt_addr_parse(&want, "1.2.3.4:8081"), 0);
  const void *native = skt_addr_native(&from, &length);
  memset(&got, 0xff, sizeof got);
  CHECK_EQ(skt_addr_from_native(&got, native, length), 0);
  CHECK_EQ(memcmp(&got, &want, sizeof got), 0);
}

TEST(address, foreign_family_reports_eafnosupport) {
  skt_addr a;
  unsigned char bytes[64];
  memset(bytes, 0x7e, sizeof bytes);
  CHECK_EQ(skt_addr_from_native(&a, bytes, sizeof bytes), SKT_EAFNOSUPPORT);
}

TEST(address, zeroed_memory_is_no_address) {
  skt_addr none = {0};
  size_t length = 1;
  char text[SKT_ADDR_TEXT_MAX] = "#";
  CHECK_EQ(skt_addr_domain(&none), SKT_EINVAL);
  CHECK_EQ(skt_addr_port(&none), SKT_EINVAL);
  CHECK_EQ(skt_addr_format(&none, text, sizeof text), SKT_EINVAL);
  CHECK_STR(text, "");
  CHECK(skt_addr_native(&none, &length) == NULL);
  CHECK_EQ(length, 0);
}

/* What only overwritten memory looks like. */
TEST(address, length_of_another_family_is_no_address) {
  skt_addr v4, v6, odd;
  CHECK_EQ(skt_addr_parse(&v4, "127.0.0.1:1"), 0);
  CHECK_EQ(skt_addr_parse(&v6, "[::1]:1"), 0);
  odd = v4;
  odd.length = v6.length;
  CHECK_EQ(skt_addr_domain(&odd), SKT_EINVAL);
  odd.length = v4.length - 1;
  CHECK_EQ(skt_addr_domain(&odd), SKT_EINVAL);
  odd = v6;
  odd.length = v4.length;
  CHECK_EQ(skt_addr_domain(&odd), SKT_EINVAL);
  odd.length = sizeof odd.words;
  CHECK_EQ(skt_addr_domain(&odd), SKT_EINVAL);
}

TEST(address, port_is_in_host_order) {
  skt_addr a;
  CHECK_EQ(skt_addr_parse(&a, "1.2.3.4:258"), 0);
  CHECK_EQ(skt_addr_port(&a), 258);
  CHECK_EQ(skt_addr_parse(&a, "[::1]:65535"), 0);
  CHECK_EQ(skt_addr_port(&a), 65535);
}
