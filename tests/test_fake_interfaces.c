/* SPDX-License-Identifier: MIT */
/* Lists of interfaces that no system has on demand. */
#include "fake_sys.h"
#include "skt_test.h"

#include <limits.h>
#include <string.h>

#define PLAY(...)                                                              \
  do {                                                                         \
    static const fake_step steps[] = {__VA_ARGS__, {NULL, 0}};                 \
    fake_script(steps);                                                        \
  } while (0)
#define CHECK_PLAYED() CHECK(fake_trouble() == NULL)
#define ONCE                                                                   \
  {"start", 0}, { "interfaces", 0 }

static skt_interface got[40];

static void add_link(skt__found *found, uint32_t index, int flags) {
  static const uint8_t hardware[] = {2, 0, 0x5e, 0x10, 0, 1};
  skt__link l = {.name = "eth0",
                 .index = index,
                 .mtu = 1500,
                 .flags = flags,
                 .hardware = hardware,
                 .hardware_length = sizeof hardware};
  skt__found_link(found, &l);
}

/* The wanted part of an IPv4 address is its last byte. */
static skt__link_address v4(uint32_t index, int last, int prefix) {
  return (skt__link_address){.index = index,
                             .domain = SKT_IPV4,
                             .prefix = prefix,
                             .bytes = {10, 1, 2, (uint8_t)last}};
}

static void add_v4(skt__found *found, uint32_t index, int last) {
  skt__link_address a = v4(index, last, 24);
  skt__found_address(found, &a);
}

static bool is(const skt_addr *a, const char *text) {
  char have[SKT_ADDR_TEXT_MAX] = "";
  skt_addr_format(a, have, sizeof have);
  return test_check_str(__FILE__, __LINE__, "address", have, text);
}

static void list_nothing(skt__found *found, size_t *bytes) {
  (void)found, (void)bytes;
}

TEST(interfaces_seam, host_without_interfaces_has_0) {
  PLAY(ONCE);
  fake_interfaces = list_nothing;
  CHECK_EQ(skt_interfaces(got, 40), 0);
  CHECK_PLAYED();
}

/* Addresses first, indices in any order, an interface twice. */
static void list_in_disorder(skt__found *found, size_t *bytes) {
  (void)bytes;
  add_v4(found, 7, 1);
  add_link(found, 9, 0);
  add_link(found, 7, SKT_IF_UP);
  add_v4(found, 7, 2);
  add_link(found, 7, 0);
  add_link(found, 3, 0);
}

TEST(interfaces_seam, order_is_by_index_then_as_listed) {
  PLAY(ONCE);
  fake_interfaces = list_in_disorder;
  CHECK_EQ(skt_interfaces(got, 40), 4);
  CHECK_EQ(got[0].index, 3);
  CHECK_EQ(got[1].index, 7);
  CHECK(is(&got[1].address, "10.1.2.1:0"));
  CHECK(is(&got[2].address, "10.1.2.2:0"));
  CHECK_EQ(got[2].flags, SKT_IF_UP);
  CHECK_EQ(got[2].mtu, 1500);
  CHECK_EQ(got[2].prefix, 24);
  CHECK_EQ(got[3].index, 9);
  CHECK_EQ(got[3].prefix, -1);
  CHECK_EQ(skt_addr_domain(&got[3].address), SKT_EINVAL);
  CHECK_STR(got[3].name, "eth0");
  CHECK_PLAYED();
}

TEST(interfaces_seam, small_array_gets_the_first_entries) {
  for (int capacity = 0; capacity < 5; ++capacity) {
    PLAY(ONCE);
    fake_interfaces = list_in_disorder;
    memset(got, 0x5a, sizeof got);
    CHECK_EQ(skt_interfaces(got, (size_t)capacity), 4);
    int written = 0;
    while (got[written].index != 0x5a5a5a5a) {
      ++written;
    }
    CHECK_EQ(written, capacity < 4 ? capacity : 4);
    CHECK_PLAYED();
  }
}

static void list_forty(skt__found *found, size_t *bytes) {
  (void)bytes;
  add_link(found, 1, 0);
  for (int i = 1; i <= 40; ++i) {
    add_v4(found, 1, i);
  }
}

TEST(interfaces_seam, forty_addresses_are_forty_entries) {
  PLAY(ONCE);
  fake_interfaces = list_forty;
  CHECK_EQ(skt_interfaces(got, 40), 40);
  CHECK(is(&got[0].address, "10.1.2.1:0"));
  CHECK(is(&got[39].address, "10.1.2.40:0"));
  CHECK_PLAYED();
}

static size_t asked_bytes[4];
static int asked;
static void list_that_grows(skt__found *found, size_t *bytes) {
  add_link(found, 1, 0);
  asked_bytes[asked++] = *bytes;
  *bytes = *bytes * 2;
}

TEST(interfaces_seam, list_that_outgrows_its_room_is_asked_for_three_times) {
  PLAY({"start", 0}, {"interfaces", SKT_EAGAIN}, {"interfaces", SKT_EAGAIN},
       {"interfaces", 0});
  fake_interfaces = list_that_grows;
  asked = 0;
  CHECK_EQ(skt_interfaces(got, 40), 1);
  CHECK_EQ(asked_bytes[0], 15 * 1024);
  CHECK_EQ(asked_bytes[2], 60 * 1024);
  CHECK_PLAYED();
  PLAY({"start", 0}, {"interfaces", SKT_EAGAIN}, {"interfaces", SKT_EAGAIN},
       {"interfaces", SKT_EAGAIN});
  asked = 0;
  CHECK_EQ(skt_interfaces(got, 40), SKT_EAGAIN);
  CHECK_PLAYED();
}

static void list_newcomer(skt__found *found, size_t *bytes) {
  (void)bytes;
  add_link(found, 1, 0);
  add_v4(found, ++asked == 2 ? 1 : 2, 1);
}

TEST(interfaces_seam, address_without_its_interface_makes_it_ask_again) {
  PLAY({"start", 0}, {"interfaces", 0}, {"interfaces", 0});
  fake_interfaces = list_newcomer;
  asked = 0;
  CHECK_EQ(skt_interfaces(got, 40), 1);
  CHECK(is(&got[0].address, "10.1.2.1:0"));
  CHECK_PLAYED();
  PLAY({"start", 0}, {"interfaces", 0}, {"interfaces", 0}, {"interfaces", 0});
  asked = 2;
  CHECK_EQ(skt_interfaces(got, 40), SKT_EAGAIN);
  CHECK_PLAYED();
}

TEST(interfaces_seam, signal_is_no_try) {
  PLAY({"start", 0}, {"interfaces", SKT__EINTR}, {"interfaces", SKT__EINTR},
       {"interfaces", SKT__EINTR}, {"interfaces", 0});
  fake_interfaces = list_in_disorder;
  CHECK_EQ(skt_interfaces(got, 40), 4);
  CHECK_PLAYED();
}

TEST(interfaces_seam, failure_writes_nothing_and_comes_back) {
  static const int codes[] = {
      SKT_ENOMEM, SKT_ENOBUFS,      SKT_EMFILE,          SKT_ENFILE,
      SKT_EACCES, SKT_EAFNOSUPPORT, SKT_EPROTONOSUPPORT, SKT_EUNKNOWN};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    fake_step steps[] = {{"start", 0}, {"interfaces", codes[i]}, {NULL, 0}};
    fake_script(steps);
    fake_interfaces = list_in_disorder;
    memset(got, 0x5a, sizeof got);
    CHECK_EQ(skt_interfaces(got, 40), codes[i]);
    CHECK_EQ(got[0].index, 0x5a5a5a5a);
    CHECK_PLAYED();
  }
  PLAY({"start", SKT_ENETDOWN});
  CHECK_EQ(skt_interfaces(got, 40), SKT_ENETDOWN);
  CHECK_PLAYED();
}

/* One interface with these flags, and one address. */
static skt__link_address the_address;
static int the_flags;
static void list_the_one(skt__found *found, size_t *bytes) {
  (void)bytes;
  add_link(found, 5, the_flags);
  skt__found_address(found, &the_address);
}

static bool broadcast_is(const char *text) {
  PLAY(ONCE);
  fake_interfaces = list_the_one;
  return skt_interfaces(got, 40) == 1 && is(&got[0].broadcast, text);
}

TEST(interfaces_seam, broadcast_that_a_system_never_reports_is_computed) {
  static const struct {
    int prefix;
    const char *text;
  } of[] = {{0, "255.255.255.255:0"},
            {1, "127.255.255.255:0"},
            {8, "10.255.255.255:0"},
            {23, "10.1.3.255:0"},
            {24, "10.1.2.255:0"},
            {30, "10.1.2.7:0"},
            {31, ""},
            {32, ""},
            {-1, ""},
            {255, ""}};
  for (size_t i = 0; i < sizeof of / sizeof *of; ++i) {
    the_address = v4(5, 4, of[i].prefix);
    the_address.broadcasts_unsaid = true;
    the_flags = SKT_IF_UP;
    CHECK(broadcast_is(of[i].text));
    the_flags = SKT_IF_LOOPBACK;
    CHECK(broadcast_is(""));
    the_flags = SKT_IF_POINT_TO_POINT;
    CHECK(broadcast_is(""));
    the_flags = 0;
    the_address.broadcasts_unsaid = false;
    CHECK(broadcast_is(""));
  }
}

TEST(interfaces_seam, broadcast_that_is_reported_is_kept_unless_it_is_none) {
  the_address = v4(5, 5, 24);
  the_flags = 0;
  memcpy(the_address.broadcast, (uint8_t[]){10, 1, 2, 77}, 4);
  CHECK(broadcast_is("10.1.2.77:0"));
  memcpy(the_address.broadcast, the_address.bytes, 4);
  CHECK(broadcast_is(""));
}

TEST(interfaces_seam, prefix_that_cannot_be_is_none) {
  static const struct {
    int domain, prefix, want;
  } of[] = {{SKT_IPV4, 0, 0},    {SKT_IPV4, 32, 32}, {SKT_IPV4, 33, -1},
            {SKT_IPV4, 255, -1}, {SKT_IPV4, -1, -1}, {SKT_IPV6, 128, 128},
            {SKT_IPV6, 129, -1}, {SKT_IPV6, 255, -1}};
  the_flags = 0;
  for (size_t i = 0; i < sizeof of / sizeof *of; ++i) {
    the_address = v4(5, 5, of[i].prefix);
    the_address.domain = of[i].domain;
    PLAY(ONCE);
    fake_interfaces = list_the_one;
    CHECK_EQ(skt_interfaces(got, 40), 1);
    CHECK_EQ(got[0].prefix, of[i].want);
  }
}

static bool v6_is(uint8_t third, uint8_t fourth, const char *text) {
  the_flags = 0;
  the_address =
      (skt__link_address){.index = 5,
                          .domain = SKT_IPV6,
                          .prefix = 64,
                          .bytes = {0xfe, 0x80, third, fourth, [15] = 1}};
  PLAY(ONCE);
  fake_interfaces = list_the_one;
  return skt_interfaces(got, 40) == 1 && is(&got[0].address, text);
}

TEST(interfaces_seam, link_local_address_has_its_scope_and_no_other_bits) {
  CHECK(v6_is(0, 0, "[fe80::1%5]:0"));
  CHECK(v6_is(0, 5, "[fe80::1%5]:0"));
  CHECK(v6_is(0, 6, "[fe80:6::1%5]:0"));
}

/* What set_hardware and skt__found_link make of one interface. */
static skt__link the_link;
static void list_the_link(skt__found *found, size_t *bytes) {
  (void)bytes;
  skt__found_link(found, &the_link);
}

TEST(interfaces_seam, hardware_address_is_there_or_absent) {
  static const uint8_t some[33] = {1, 2, 3}, zeros[33];
  for (size_t n = 0; n <= sizeof some; ++n) {
    bool wanted = n > 0 && n <= 20 && n != 4 && n != 16;
    the_link = (skt__link){.index = 1, .hardware = some, .hardware_length = n};
    fake_interfaces = list_the_link;
    PLAY(ONCE);
    CHECK_EQ(skt_interfaces(got, 40), 1);
    CHECK_EQ(got[0].hardware_length, wanted ? (int)n : 0);
    CHECK_EQ(memcmp(got[0].hardware, wanted ? some : zeros, wanted ? n : 20),
             0);
    the_link.hardware = n > 0 ? zeros : NULL;
    PLAY(ONCE);
    CHECK_EQ(skt_interfaces(got, 40), 1);
    CHECK_EQ(got[0].hardware_length, 0);
  }
}

TEST(interfaces_seam, name_that_does_not_fit_and_mtu_without_limit_are_absent) {
  char name[65];
  memset(name, 'x', 64);
  name[64] = '\0';
  fake_interfaces = list_the_link;
  the_link = (skt__link){.name = name, .index = 1, .mtu = UINT32_MAX};
  PLAY(ONCE);
  CHECK_EQ(skt_interfaces(got, 40), 1);
  CHECK_STR(got[0].name, "");
  CHECK_EQ(got[0].mtu, 0);
  the_link = (skt__link){.name = name + 1, .index = 1, .mtu = INT_MAX};
  PLAY(ONCE);
  CHECK_EQ(skt_interfaces(got, 40), 1);
  CHECK_STR(got[0].name, name + 1);
  CHECK_EQ(got[0].mtu, INT_MAX);
  the_link = (skt__link){.name = NULL, .index = 1};
  PLAY(ONCE);
  CHECK_EQ(skt_interfaces(got, 40), 1);
  CHECK_STR(got[0].name, "");
}
