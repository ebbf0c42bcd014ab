/* SPDX-License-Identifier: MIT */
/*
 * List the network interfaces of this host, a line for each:
 *
 *   2  eth0  up  mtu 1500  02:00:5e:10:00:01  10.0.0.5/24 [fe80::1%2]/64
 *
 * Exit code: 0 done, 1 something failed.
 */
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The whole list, which the caller frees; *count receives its length, or an
 * error. It may grow between two calls. */
static skt_interface *list(int *count) {
  skt_interface *all = NULL;
  int room = 0;
  while ((*count = skt_interfaces(all, (size_t)room)) > room) {
    room = *count;
    free(all);
    all = (skt_interface *)malloc((size_t)room * sizeof *all);
    if (all == NULL) {
      *count = SKT_ENOMEM;
      break;
    }
  }
  return all;
}

static void print_interface(const skt_interface *i) {
  printf("%u  %s  %s", (unsigned)i->index, i->name,
         (i->flags & SKT_IF_UP) != 0 ? "up" : "down");
  if ((i->flags & SKT_IF_LOOPBACK) != 0) {
    printf("  loopback");
  }
  if ((i->flags & SKT_IF_POINT_TO_POINT) != 0) {
    printf("  point-to-point");
  }
  if (i->mtu > 0) {
    printf("  mtu %d", i->mtu);
  }
  for (int k = 0; k < i->hardware_length; ++k) {
    printf(k == 0 ? "  %02x" : ":%02x", (unsigned)i->hardware[k]);
  }
}

/* An address without its port, which is 0, and with the length of its prefix.
 */
static void print_address(const char *space, const skt_addr *a, int prefix) {
  char text[SKT_ADDR_TEXT_MAX];
  if (skt_addr_format(a, text, sizeof text) < 0) {
    return; /* it has none */
  }
  *strrchr(text, ':') = '\0';
  printf("%s%s", space, text);
  if (prefix >= 0) {
    printf("/%d", prefix);
  }
}

int main(void) {
  int count;
  skt_interface *all = list(&count);
  for (int k = 0; k < count; ++k) {
    bool is_first = k == 0 || all[k].index != all[k - 1].index;
    if (is_first) {
      printf("%s", k > 0 ? "\n" : "");
      print_interface(&all[k]);
    }
    print_address(is_first ? "  " : " ", &all[k].address, all[k].prefix);
    print_address(" brd ", &all[k].broadcast, -1);
  }
  printf("%s", count > 0 ? "\n" : "");
  free(all);
  if (count < 0) {
    fprintf(stderr, "cannot list interfaces: %s\n", skt_strerror(count));
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
