/* SPDX-License-Identifier: MIT */
/* The list of interfaces over a getifaddrs that takes the C library's place. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier): the C library has the name */
#define _GNU_SOURCE /* IFF_UP in glibc */

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include "bsd/net/if_dl.h"

#include "../skt_test.h"

static struct ifaddrs *the_list;
static int the_errno, lent;

int getifaddrs(struct ifaddrs **list) {
  *list = the_list;
  errno = the_errno;
  lent += the_errno == 0;
  return the_errno == 0 ? 0 : -1;
}

void freeifaddrs(struct ifaddrs *list) { lent -= list == the_list; }

unsigned if_nametoindex(const char *name) {
  return strcmp(name, "tun9") == 0 ? 9 : 0;
}

int skt__sys_start(void);
int skt__sys_start(void) { return 0; } /* socket.c is not linked */

static struct sockaddr *in(const char *text) {
  static struct sockaddr_in6 room[20];
  static int next;
  size_t length;
  skt_addr a;
  skt_addr_parse(&a, text);
  const void *native = skt_addr_native(&a, &length);
  next = (next + 1) % 20;
  return memcpy(&room[next], native, length);
}

static skt_interface got[10];

/* Chain the n entries and list them. */
static int list(struct ifaddrs *entries, size_t n) {
  for (size_t i = 0; i + 1 < n; ++i) {
    entries[i].ifa_next = &entries[i + 1];
  }
  entries[n - 1].ifa_next = NULL;
  the_list = entries;
  the_errno = 0;
  memset(got, 0x5a, sizeof got);
  return skt_interfaces(got, 10);
}

static bool is(const skt_addr *a, const char *text) {
  char have[SKT_ADDR_TEXT_MAX] = "";
  skt_addr_format(a, have, sizeof have);
  return test_check_str(__FILE__, __LINE__, "address", have, text);
}

static struct sockaddr_dl eth0 = {.sdl_family = AF_LINK,
                                  .sdl_index = 4,
                                  .sdl_nlen = 4,
                                  .sdl_alen = 6,
                                  .sdl_data = "eth0\2\0\0\0\0\1"};

static char name_of_eth0[] = "eth0", name_of_tun9[] = "tun9",
            name_of_gone[] = "gone3";

TEST(getifaddrs, entries_of_one_interface_are_joined) {
  unsigned flags = IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST;
  struct ifaddrs all[] = {
      {.ifa_name = name_of_eth0,
       .ifa_flags = flags,
       .ifa_addr = (struct sockaddr *)&eth0},
      {.ifa_name = name_of_eth0,
       .ifa_flags = flags,
       .ifa_addr = in("10.0.0.5:0"),
       .ifa_netmask = in("255.255.240.0:0"),
       .ifa_broadaddr = in("10.0.15.255:0")},
      {.ifa_name = name_of_eth0,
       .ifa_flags = flags,
       .ifa_addr = in("[fe80:4::5%4]:0"),
       .ifa_netmask = in("[ffff:ffff:ffff:fff8::]:0")},
  };
  CHECK_EQ(list(all, 3), 2);
  CHECK_EQ(lent, 0);
  CHECK_EQ(got[0].index, 4);
  CHECK_STR(got[0].name, "eth0");
  CHECK_EQ(got[0].flags, SKT_IF_UP | SKT_IF_MULTICAST);
  CHECK_EQ(got[0].hardware_length, 6);
  CHECK_EQ(memcmp(got[0].hardware, "\2\0\0\0\0\1", 6), 0);
  CHECK(is(&got[0].address, "10.0.0.5:0"));
  CHECK(is(&got[0].broadcast, "10.0.15.255:0"));
  CHECK_EQ(got[0].prefix, 20);
  CHECK(is(&got[1].address, "[fe80::5%4]:0"));
  CHECK(is(&got[1].broadcast, ""));
  CHECK_EQ(got[1].prefix, 61);
}

/* Tunnels have no address, illumos no entry of AF_LINK; an interface that
 * disappears has no name or no index; a mask can be missing; AF_UNIX is none of
 * ours. */
TEST(getifaddrs, null_and_missing_parts_are_absent) {
  unsigned flags = IFF_UP | IFF_POINTOPOINT;
  struct sockaddr other = {.sa_family = AF_UNIX};
  struct ifaddrs all[] = {
      {.ifa_name = NULL, .ifa_addr = in("10.0.0.1:0")},
      {.ifa_name = name_of_gone, .ifa_addr = in("10.0.0.2:0")},
      {.ifa_name = name_of_gone},
      {.ifa_name = name_of_tun9, .ifa_flags = flags},
      {.ifa_name = name_of_tun9, .ifa_flags = flags, .ifa_addr = &other},
      {.ifa_name = name_of_tun9,
       .ifa_flags = flags,
       .ifa_addr = in("10.0.0.3:0"),
       .ifa_dstaddr = in("10.0.0.4:0")},
  };
  CHECK_EQ(list(all, 6), 1);
  CHECK_EQ(got[0].index, 9);
  CHECK_EQ(got[0].flags, SKT_IF_POINT_TO_POINT);
  CHECK_EQ(got[0].hardware_length, 0);
  CHECK_EQ(got[0].mtu, 0);
  CHECK_EQ(got[0].prefix, -1);
  CHECK(is(&got[0].address, "10.0.0.3:0"));
  CHECK(is(&got[0].broadcast, ""));
  CHECK_EQ(list(all, 5), 1);
  CHECK(is(&got[0].address, ""));
  CHECK_EQ(lent, 0);
}

TEST(getifaddrs, broadcast_address_is_none_without_its_flag) {
  struct ifaddrs one = {.ifa_name = name_of_tun9,
                        .ifa_addr = in("10.0.0.3:0"),
                        .ifa_netmask = in("255.255.255.255:0"),
                        .ifa_broadaddr = in("10.0.0.4:0")};
  CHECK_EQ(list(&one, 1), 1);
  CHECK_EQ(got[0].prefix, 32);
  CHECK(is(&got[0].broadcast, ""));
}

TEST(getifaddrs, failure_is_reported_and_an_empty_list_is_0) {
  the_list = NULL;
  the_errno = EMFILE;
  CHECK_EQ(skt_interfaces(got, 10), SKT_EMFILE);
  CHECK_EQ(skt_native_error(), EMFILE);
  the_errno = ENOMEM;
  CHECK_EQ(skt_interfaces(got, 10), SKT_ENOMEM);
  the_errno = 0;
  CHECK_EQ(skt_interfaces(got, 10), 0);
}
