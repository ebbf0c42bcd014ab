/* SPDX-License-Identifier: MIT */
/* How the system represents the value of an option. */
#include "option.h"

#include <limits.h>

/* Values of IP_MTU_DISCOVER (ip(7)). The first is the system's own: it sends
 * longer messages in fragments. The others send none; PROBE ignores what MTU of
 * the path the host knows, as path MTU discovery of the caller's must. */
enum { DISCOVERY_WANT = 1, DISCOVERY_DO = 2, DISCOVERY_PROBE = 3 };

int skt__encode_option(const skt__option_row *row, int value) {
  switch (row->form) {
  case SKT__SECONDS:
    return value / 1000 + (value % 1000 != 0);
  case SKT__NETWORK_ORDER:
    return (int)htonl((uint32_t)value);
  case SKT__SWITCH:
    return value != 0;
  case SKT__DISCOVERY:
    return value != 0 ? DISCOVERY_PROBE : DISCOVERY_WANT;
  case SKT__LARGEST:
    return value != 0 ? 65535 : 0;
  default:
    return value;
  }
}

/* Windows takes an interface's index in network order and returns it in host
 * order; Wine returns it in network order. Indexes are small, so the smaller
 * reading is the right one. */
static int decode_index(uint32_t native) {
  uint32_t swapped = ntohl(native);
  return (int)(native < swapped ? native : swapped);
}

/* Windows returns -1 for "never"; skt never sets it. */
static int decode_seconds(int seconds) {
  if (seconds < 0) {
    return 0;
  }
  return seconds > INT_MAX / 1000 ? INT_MAX : seconds * 1000;
}

int skt__decode_option(const skt__option_row *row, int native) {
  switch (row->form) {
  case SKT__BUFFER:
    return skt__system.doubles_buffers ? native / 2 : native;
  case SKT__SECONDS:
    return decode_seconds(native);
  case SKT__NETWORK_ORDER:
    return decode_index((uint32_t)native);
  case SKT__SWITCH:
    return native != 0;
  case SKT__DISCOVERY:
    return native == DISCOVERY_DO || native == DISCOVERY_PROBE;
  default:
    return native;
  }
}
