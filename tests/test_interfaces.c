/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

enum { ROOM = 1000 };
static skt_interface all[ROOM];

/* The entry of an address; of index 0 if there is none. */
static const skt_interface *entry_of(int count, const char *text) {
  static const skt_interface none;
  for (int i = 0; i < count; ++i) {
    char got[SKT_ADDR_TEXT_MAX];
    if (skt_addr_format(&all[i].address, got, sizeof got) > 0 &&
        strcmp(got, text) == 0) {
      return &all[i];
    }
  }
  return &none;
}

TEST(interfaces, loopback_is_there_with_its_address_and_flags) {
  int n = skt_interfaces(all, ROOM);
  CHECK(n > 0 && n <= ROOM);
  const skt_interface *lo = entry_of(n, "127.0.0.1:0");
  CHECK(lo->index > 0);
  CHECK_EQ(lo->prefix, 8);
  CHECK_EQ(lo->flags & ~SKT_IF_MULTICAST, SKT_IF_UP | SKT_IF_LOOPBACK);
  CHECK_EQ(lo->hardware_length, 0);
  CHECK_EQ(skt_addr_domain(&lo->broadcast), SKT_EINVAL);
  CHECK(lo->mtu == 0 || lo->mtu >= 1500);
}

TEST(interfaces, ipv6_loopback_is_on_the_same_interface) {
  if (!ipv6_here()) {
    SKIP("no IPv6 here");
  }
  int n = skt_interfaces(all, ROOM);
  const skt_interface *v4 = entry_of(n, "127.0.0.1:0");
  const skt_interface *v6 = entry_of(n, "[::1]:0");
  CHECK(v4->index > 0 && v6->index > 0);
  CHECK_EQ(v6->prefix, 128);
  CHECK_EQ(v6->index, v4->index);
  CHECK_STR(v6->name, v4->name);
}

TEST(interfaces, name_and_index_are_those_of_a_scope) {
  int n = skt_interfaces(all, ROOM);
  CHECK(n > 0 && n <= ROOM);
  for (int i = 0; i < n; ++i) {
    char by_name[120], by_index[120], text[SKT_ADDR_TEXT_MAX];
    skt_addr a;
    snprintf(by_name, sizeof by_name, "[fe80::1%%%s]:0", all[i].name);
    snprintf(by_index, sizeof by_index, "[fe80::1%%%u]:0",
             (unsigned)all[i].index);
    CHECK_EQ(skt_addr_parse(&a, by_name), 0);
    CHECK(skt_addr_format(&a, text, sizeof text) > 0);
    CHECK_STR(text, by_index);
  }
}

TEST(interfaces, link_local_addresses_have_their_scope) {
  int found = 0, n = skt_interfaces(all, ROOM);
  CHECK(n > 0 && n <= ROOM);
  for (int i = 0; i < n; ++i) {
    char text[SKT_ADDR_TEXT_MAX] = "", end[20];
    skt_addr_format(&all[i].address, text, sizeof text);
    snprintf(end, sizeof end, "%%%u]:0", (unsigned)all[i].index);
    if (strncmp(text, "[fe80:", 6) == 0) {
      ++found;
      CHECK_STR(strchr(text, '%'), end);
    }
  }
  if (found == 0) {
    SKIP("no interface has a link-local address");
  }
}

TEST(interfaces, entries_stand_in_the_order_of_their_indices) {
  int n = skt_interfaces(all, ROOM);
  CHECK(n > 0 && n <= ROOM);
  for (int i = 1; i < n; ++i) {
    CHECK(all[i - 1].index <= all[i].index);
    if (all[i - 1].index == all[i].index) {
      CHECK_STR(all[i].name, all[i - 1].name);
      CHECK_EQ(all[i].flags, all[i - 1].flags);
      CHECK_EQ(all[i].mtu, all[i - 1].mtu);
    }
  }
}

TEST(interfaces, capacity_bounds_what_is_written_and_not_the_count) {
  static skt_interface some[2], unwritten;
  memset(&unwritten, 0x5a, sizeof unwritten);
  int n = skt_interfaces(all, ROOM);
  CHECK(n > 0);
  CHECK_EQ(skt_interfaces(NULL, 0), n);
  some[0] = some[1] = unwritten;
  CHECK_EQ(skt_interfaces(some, 0), n);
  CHECK_EQ(memcmp(&some[0], &unwritten, sizeof unwritten), 0);
  CHECK_EQ(skt_interfaces(some, 1), n);
  CHECK_EQ(some[0].index, all[0].index);
  CHECK_EQ(memcmp(&some[1], &unwritten, sizeof unwritten), 0);
}

TEST(interfaces, no_array_reports_efault) {
  CHECK_EQ(skt_interfaces(NULL, 1), SKT_EFAULT);
}

TEST(interfaces, addresses_of_this_host_can_be_bound) {
  int bound = 0, n = skt_interfaces(all, ROOM);
  CHECK(n > 0 && n <= ROOM);
  for (int i = 0; i < n; ++i) {
    skt s = SKT_NONE;
    int domain = skt_addr_domain(&all[i].address);
    if (domain > 0 && (all[i].flags & SKT_IF_UP) != 0 &&
        skt_socket(&s, domain, SKT_DATAGRAM, 0) == 0) {
      int rc = skt_bind(&s, &all[i].address, 0);
      CHECK(rc == 0 || rc == SKT_EADDRNOTAVAIL); /* IPv6 may be tentative */
      bound += rc == 0;
      CHECK_EQ(skt_close(&s), 0);
    }
  }
  CHECK(bound > 0);
}

TEST(interfaces, listing_leaks_no_descriptor) {
  uintptr_t before = highest_of_eight();
  for (int i = 0; i < 300; ++i) {
    CHECK(skt_interfaces(all, ROOM) > 0);
  }
  CHECK(highest_of_eight() <= before);
}

TEST(interfaces, process_without_a_descriptor_left_reports_emfile) {
  if (!test_allow_descriptors(0)) {
    SKIP("this system has no such limit");
  }
  int rc = skt_interfaces(all, ROOM);
  test_allow_descriptors(-1);
  CHECK_EQ(rc, SKT_EMFILE);
}
