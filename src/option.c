/* SPDX-License-Identifier: MIT */
/* Options: which values and sockets they are for, and what the system's number
 * means. Nothing else refers to this file, so that programs without options are
 * linked without it. */
#include "internal.h"

#include <limits.h>

/* Sets of domains and of types; a type is not a bit of its own. */
#define DOMAIN_BIT(domain) (1u << (domain))
#define TYPE_BIT(type) (1u << ((type) >> 4))
#define ANY (~0u)
#define INTERNET (DOMAIN_BIT(SKT_IPV4) | DOMAIN_BIT(SKT_IPV6))
#define TCP INTERNET, TYPE_BIT(SKT_STREAM)
#define WITH_PORTS (TYPE_BIT(SKT_STREAM) | TYPE_BIT(SKT_DATAGRAM))
#define CAN_BROADCAST (TYPE_BIT(SKT_DATAGRAM) | TYPE_BIT(SKT_RAW))

typedef struct option_rule {
  int option, low, high;
  unsigned domains, types;
} option_rule;

/* The narrowest of the systems sets the range: Linux the keep-alive's (tcp(7)),
 * Windows the interface's, whose IPv4 form is an address 0.x.x.x (Winsock
 * IPPROTO_IP options, IP_UNICAST_IF). 0 as a buffer would mean no buffering on
 * Windows (Winsock SO_SNDBUF), and Linux doubles what it is told (socket(7)).
 */
static const option_rule option_rules[] = {
    {SKT_OPT_KEEPALIVE, 0, 1, TCP},
    {SKT_OPT_KEEPALIVE_IDLE, 1, 32767, TCP},
    {SKT_OPT_KEEPALIVE_INTERVAL, 1, 32767, TCP},
    {SKT_OPT_KEEPALIVE_COUNT, 1, 127, TCP},
    {SKT_OPT_NODELAY, 0, 1, TCP},
    {SKT_OPT_SEND_BUFFER, 1, INT_MAX / 2, ANY, ANY},
    {SKT_OPT_RECEIVE_BUFFER, 1, INT_MAX / 2, ANY, ANY},
    {SKT_OPT_HOPS, 1, 255, INTERNET, ANY},
    {SKT_OPT_TRAFFIC_CLASS, 0, 255, INTERNET, ANY},
    {SKT_OPT_V6ONLY, 0, 1, DOMAIN_BIT(SKT_IPV6), WITH_PORTS},
    {SKT_OPT_BROADCAST, 0, 1, DOMAIN_BIT(SKT_IPV4), CAN_BROADCAST},
    {SKT_OPT_USER_TIMEOUT, 0, INT_MAX, TCP},
    {SKT_OPT_DEVICE, 0, 0xffffff, INTERNET, ANY},
    {SKT_OPT_MARK, 0, INT_MAX, INTERNET, ANY},
};

/* Options that have one name and one unit on every system. */
static const skt__option_row classic_options[] = {
    {SKT_OPT_KEEPALIVE, 0, SOL_SOCKET, SO_KEEPALIVE, SKT__AS_IS},
    {SKT_OPT_NODELAY, 0, IPPROTO_TCP, TCP_NODELAY, SKT__AS_IS},
    {SKT_OPT_HOPS, SKT_IPV4, IPPROTO_IP, IP_TTL, SKT__AS_IS},
    {SKT_OPT_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, SKT__AS_IS},
    {SKT_OPT_TRAFFIC_CLASS, SKT_IPV4, IPPROTO_IP, IP_TOS, SKT__AS_IS},
    {SKT_OPT_TRAFFIC_CLASS, SKT_IPV6, IPPROTO_IPV6, IPV6_TCLASS, SKT__AS_IS},
    {SKT_OPT_BROADCAST, 0, SOL_SOCKET, SO_BROADCAST, SKT__AS_IS},
    {0},
};

/* The rule for an option of this socket, or NULL if it has no such option. */
static const option_rule *rule_for(const skt *s, int option) {
  unsigned domain = DOMAIN_BIT(skt__domain(s));
  unsigned type = TYPE_BIT(skt__type(s));
  for (size_t i = 0; i < sizeof option_rules / sizeof *option_rules; ++i) {
    const option_rule *r = &option_rules[i];
    if (r->option == option) {
      return (r->domains & domain) != 0 && (r->types & type) != 0 ? r : NULL;
    }
  }
  return NULL;
}

static const skt__option_row *find_row(const skt__option_row *row, int option,
                                       int domain) {
  while (row->option != 0 && (row->option != option ||
                              (row->domain != 0 && row->domain != domain))) {
    ++row;
  }
  return row->option != 0 ? row : NULL;
}

/* How this system names the option, or NULL if it has none. */
static const skt__option_row *row_for(const skt *s, int option) {
  int domain = skt__domain(s);
  const skt__option_row *row = find_row(classic_options, option, domain);
  return row != NULL ? row : find_row(skt__sys_options, option, domain);
}

static int to_native(const skt__option_row *row, int value) {
  switch (row->form) {
  case SKT__SECONDS:
    return value / 1000 + (value % 1000 != 0);
  case SKT__NETWORK_ORDER:
    return (int)htonl((uint32_t)value);
  default:
    return value;
  }
}

/* Windows is told the index of an interface in network order and tells it in
 * the host's, Wine in network order as well. Indexes are small numbers, so the
 * smaller reading is the right one. */
static int in_any_order(uint32_t native) {
  uint32_t swapped = ntohl(native);
  return (int)(native < swapped ? native : swapped);
}

static int from_native(const skt__option_row *row, int native) {
  switch (row->form) {
  case SKT__BUFFER:
    return skt__system.doubles_buffers ? native / 2 : native;
  case SKT__SECONDS: /* Windows: -1 is never, which it is not told by skt */
    return native < 0 ? 0 : native > INT_MAX / 1000 ? INT_MAX : native * 1000;
  case SKT__NETWORK_ORDER:
    return in_any_order((uint32_t)native);
  default:
    return native;
  }
}

/* The two bits for ECN in the traffic class of a stream are TCP's to set (RFC
 * 3168 6.1): Linux keeps them from the caller, others would store them. */
static int without_ecn(const skt *s, int option, int value) {
  bool of_tcp = skt__type(s) == SKT_STREAM;
  return option == SKT_OPT_TRAFFIC_CLASS && of_tcp ? value & ~3 : value;
}

/* Whether a code means that the connection is no more. macOS says EINVAL
 * (setsockopt(2), "has been shut down"), which stands for other things too; the
 * BSDs ECONNRESET (tcp_ctloutput). */
static bool is_gone(const skt *s, int rc) {
  skt_addr peer;
  int state = skt__state(s);
  if (state != SKT_CONNECTED && state != SKT__CONNECT_FAILED) {
    return false;
  }
  return rc == SKT_ENOTCONN || rc == SKT_ECONNRESET || rc == SKT_ECONNABORTED ||
         (rc == SKT_EINVAL &&
          skt__sys_peer(skt__handle(s), &peer) == SKT_ENOTCONN);
}

/* One code for "not known here". */
static int fold(int rc) { return rc == SKT_ENOPROTOOPT ? SKT_EOPNOTSUPP : rc; }

int skt_get_option(const skt *s, int option, int *value) {
  int native = 0;
  if (value != NULL) {
    *value = 0;
  }
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (value == NULL) {
    return SKT_EFAULT;
  }
  const option_rule *r = rule_for(s, option);
  if (r == NULL) {
    return SKT_EINVAL;
  }
  if (option == SKT_OPT_V6ONLY) {
    *value = (s->kind & SKT_DUAL_STACK) == 0;
    return 0;
  }
  if (skt__connecting(s)) {
    return SKT_EALREADY;
  }
  const skt__option_row *row = row_for(s, option);
  if (row == NULL) {
    return SKT_EOPNOTSUPP;
  }
  rc = skt__sys_get_option(skt__handle(s), row, &native);
  if (rc < 0) {
    return is_gone(s, rc) ? SKT_ENOTCONN : fold(rc);
  }
  native = from_native(row, native);
  /* The BSDs and macOS tell a bit of any worth where others say 1. */
  *value = r->high == 1 ? native != 0 : without_ecn(s, option, native);
  return 0;
}

/* What skt_bind is to do by default; kept, and told to the system there. */
static int set_v6only(skt *s, int value) {
  if (skt__state(s) != SKT__FRESH) {
    return SKT_EINVAL;
  }
  int others = s->kind & ~SKT_DUAL_STACK;
  skt__set_kind(s, value != 0 ? others : others | SKT_DUAL_STACK);
  return 0;
}

/* Linux and Windows take any size and bound it; macOS and the BSDs refuse one
 * over their limit with ENOBUFS (setsockopt(2), kern.ipc.maxsockbuf), and then
 * get the largest power of two below that they take. */
static int set_native(skt *s, const skt__option_row *row, int value) {
  bool is_buffer = row->option == SKT_OPT_SEND_BUFFER ||
                   row->option == SKT_OPT_RECEIVE_BUFFER;
  int rc;
  do {
    rc = skt__sys_set_option(skt__handle(s), row, value);
    value /= 2;
  } while (rc == SKT_ENOBUFS && is_buffer && value > 0);
  return rc;
}

int skt_set_option(skt *s, int option, int value) {
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  const option_rule *r = rule_for(s, option);
  if (r == NULL || value < r->low || value > r->high) {
    return SKT_EINVAL;
  }
  if (option == SKT_OPT_V6ONLY) {
    return set_v6only(s, value);
  }
  if (skt__connecting(s)) {
    return SKT_EALREADY;
  }
  const skt__option_row *row = row_for(s, option);
  if (row == NULL) {
    return SKT_EOPNOTSUPP;
  }
  rc = set_native(s, row, to_native(row, without_ecn(s, option, value)));
  return is_gone(s, rc) ? 0 : fold(rc);
}
