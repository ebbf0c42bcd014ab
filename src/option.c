/* SPDX-License-Identifier: MIT */
/* Options: their values and sockets. No other file refers to this one, so that
 * programs without options are linked without it. */
#include "option.h"

#include <limits.h>

/* Sets of domains and of types; a type is a number, not a bit. */
#define DOMAIN_BIT(domain) (1u << (domain))
#define TYPE_BIT(type) (1u << ((type) >> 4))
#define ANY (~0u)
#define INTERNET (DOMAIN_BIT(SKT_IPV4) | DOMAIN_BIT(SKT_IPV6))
#define TCP INTERNET, TYPE_BIT(SKT_STREAM)
#define WITH_PORTS (TYPE_BIT(SKT_STREAM) | TYPE_BIT(SKT_DATAGRAM))
#define MESSAGES (TYPE_BIT(SKT_DATAGRAM) | TYPE_BIT(SKT_RAW))

/* Ranges that no number is in: of options that are only read, and of those
 * whose value is a text (option_text.c). */
#define READ_ONLY 1, 0
#define NO_NUMBER 0, -1

typedef struct option_rule {
  int option, low, high;
  unsigned domains, types;
} option_rule;

/* The narrowest system sets the range: Linux for keep-alive (tcp(7)), Windows
 * for the interface, whose IPv4 form is an address 0.x.x.x (Winsock IPPROTO_IP
 * options, IP_UNICAST_IF). A buffer of 0 disables buffering on Windows (Winsock
 * SO_SNDBUF), and Linux doubles the size (socket(7)). */
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
    {SKT_OPT_BROADCAST, 0, 1, DOMAIN_BIT(SKT_IPV4), MESSAGES},
    {SKT_OPT_USER_TIMEOUT, 0, INT_MAX, TCP},
    {SKT_OPT_DEVICE, 0, 0xffffff, INTERNET, ANY},
    {SKT_OPT_MARK, 0, INT_MAX, INTERNET, ANY},
    {SKT_OPT_CORK, 0, 1, TCP},
    {SKT_OPT_FAST_OPEN, 0, 32767, TCP},
    {SKT_OPT_FAST_OPEN_CONNECT, 0, 1, TCP},
    {SKT_OPT_DEFER_ACCEPT, 0, 32767, TCP},
    {SKT_OPT_LOW_WATER, 1, INT_MAX / 2, TCP},
    {SKT_OPT_PRIORITY, 0, 6, INTERNET, ANY},
    {SKT_OPT_FREEBIND, 0, 1, INTERNET, WITH_PORTS},
    {SKT_OPT_BIND_NO_PORT, 0, 1, TCP},
    {SKT_OPT_PROTOCOL, READ_ONLY, ANY, ANY},
    {SKT_OPT_CONGESTION, NO_NUMBER, TCP},
    {SKT_OPT_SHARE, 0, SKT_SHARE_LOAD, ANY, ANY},
    {SKT_OPT_MULTICAST_HOPS, 0, 255, INTERNET, MESSAGES},
    {SKT_OPT_MULTICAST_LOOP, 0, 1, INTERNET, MESSAGES},
    {SKT_OPT_MULTICAST_DEVICE, 0, 0xffffff, INTERNET, MESSAGES},
    {SKT_OPT_DONT_FRAGMENT, 0, 1, INTERNET, MESSAGES},
    {SKT_OPT_PATH_MTU, READ_ONLY, INTERNET, ANY},
    {SKT_OPT_RECEIVE_LOCAL, 0, 1, INTERNET, MESSAGES},
    {SKT_OPT_RECEIVE_HOPS, 0, 1, INTERNET, MESSAGES},
    {SKT_OPT_RECEIVE_CLASS, 0, 1, INTERNET, MESSAGES},
    {SKT_OPT_RECEIVE_TIME, 0, 1, INTERNET, MESSAGES},
    {SKT_OPT_RECEIVE_TRAINS, 0, 1, INTERNET, TYPE_BIT(SKT_DATAGRAM)},
    {SKT_OPT_SEND_TRAINS, 0, 1, INTERNET, TYPE_BIT(SKT_DATAGRAM)},
};

/* Options that have one name and one unit on every system. */
static const skt__option_row common_options[] = {
    {SKT_OPT_KEEPALIVE, 0, SOL_SOCKET, SO_KEEPALIVE, SKT__AS_IS},
    {SKT_OPT_NODELAY, 0, IPPROTO_TCP, TCP_NODELAY, SKT__AS_IS},
    {SKT_OPT_HOPS, SKT_IPV4, IPPROTO_IP, IP_TTL, SKT__AS_IS},
    {SKT_OPT_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_UNICAST_HOPS, SKT__AS_IS},
    {SKT_OPT_TRAFFIC_CLASS, SKT_IPV4, IPPROTO_IP, IP_TOS, SKT__AS_IS},
    {SKT_OPT_TRAFFIC_CLASS, SKT_IPV6, IPPROTO_IPV6, IPV6_TCLASS, SKT__AS_IS},
    {SKT_OPT_BROADCAST, 0, SOL_SOCKET, SO_BROADCAST, SKT__AS_IS},
    {SKT_OPT_MULTICAST_HOPS, SKT_IPV6, IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
     SKT__AS_IS},
    {SKT_OPT_MULTICAST_LOOP, SKT_IPV6, IPPROTO_IPV6, IPV6_MULTICAST_LOOP,
     SKT__AS_IS},
    {SKT_OPT_MULTICAST_DEVICE, SKT_IPV6, IPPROTO_IPV6, IPV6_MULTICAST_IF,
     SKT__AS_IS},
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

/* The system's name and form of the option, or NULL if it has no such option.
 */
static const skt__option_row *row_for(int domain, int option) {
  const skt__option_row *row = find_row(common_options, option, domain);
  return row != NULL ? row : find_row(skt__sys_options, option, domain);
}

/* TCP sets the two ECN bits in the traffic class of a stream (RFC 3168 6.1):
 * Linux ignores the caller's, others would store them. */
static int without_ecn(const skt *s, int option, int value) {
  bool is_stream = skt__type(s) == SKT_STREAM;
  return option == SKT_OPT_TRAFFIC_CLASS && is_stream ? value & ~3 : value;
}

/* macOS returns EINVAL (setsockopt(2), "has been shut down"), which has other
 * meanings too; the BSDs return ECONNRESET (tcp_ctloutput). */
bool skt__is_gone(const skt *s, int rc) {
  skt_addr peer;
  int state = skt__state(s);
  if (state == SKT__FRESH || state == SKT_BOUND || state == SKT_LISTENING) {
    return false;
  }
  return rc == SKT_ENOTCONN || rc == SKT_ECONNRESET || rc == SKT_ECONNABORTED ||
         (rc == SKT_EINVAL &&
          skt__sys_peer(skt__handle(s), &peer) == SKT_ENOTCONN);
}

int skt__option_code(const skt *s, int rc, int when_gone) {
  if (skt__is_gone(s, rc)) {
    return when_gone;
  }
  return rc == SKT_ENOPROTOOPT ? SKT_EOPNOTSUPP : rc;
}

static int find_option(const skt *s, int option, bool pending,
                       const skt__option_row **row) {
  if (pending) {
    return SKT_EALREADY;
  }
  *row = row_for(skt__domain(s), option);
  return *row == NULL ? SKT_EOPNOTSUPP : 0;
}

int skt__option_to_read(const skt *s, int option, const skt__option_row **row) {
  if (rule_for(s, option) == NULL) {
    return SKT_EINVAL;
  }
  bool pending = skt__connecting(s) && skt__wait(s, SKT_WRITE, 0) == 0;
  return find_option(s, option, pending, row);
}

int skt__option_to_set(skt *s, int option, const skt__option_row **row) {
  if (rule_for(s, option) == NULL) {
    return SKT_EINVAL;
  }
  bool pending = skt__connecting(s) && skt_connect_finish(s) == SKT_EINPROGRESS;
  return find_option(s, option, pending, row);
}

/* Where one system refuses and another ignores it, skt refuses: macOS takes
 * TCP_FASTOPEN of a listener alone (Darwin tcp_ctloutput), Linux does not take
 * TCP_FASTOPEN_CONNECT later (do_tcp_setsockopt). */
static bool suits_state(const skt *s, int option) {
  switch (option) {
  case SKT_OPT_FAST_OPEN:
    return skt__state(s) == SKT_LISTENING;
  case SKT_OPT_FAST_OPEN_CONNECT:
    return skt__state(s) == SKT__FRESH || skt__state(s) == SKT_BOUND;
  case SKT_OPT_BIND_NO_PORT:
    return skt__is_fresh(s);
  case SKT_OPT_RECEIVE_TRAINS:
    return skt__is_fresh(s) && SKT__LOAD(&s->reading) == SKT__OPEN;
  default:
    return true;
  }
}

int skt_get_option(const skt *s, int option, int *value) {
  const skt__option_row *row;
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
  if (r == NULL || r->high < 0) {
    return SKT_EINVAL;
  }
  if (skt__is_kept_option(option)) {
    *value = skt__read_kept(s, option);
    return 0;
  }
  if (skt__is_train_option(option)) {
    *value = skt__read_train_option(s, option);
    return 0;
  }
  rc = skt__option_to_read(s, option, &row);
  if (rc == 0 && option == SKT_OPT_PATH_MTU && skt__state(s) != SKT_CONNECTED) {
    return SKT_ENOTCONN;
  }
  if (rc == 0) {
    rc = skt__sys_get_option(skt__handle(s), row, &native);
  }
  if (rc < 0) {
    return skt__option_code(s, rc, SKT_ENOTCONN);
  }
  native = skt__decode_option(row, native);
  /* The BSDs and macOS return the flag's bit where others return 1. */
  *value = r->high == 1 ? native != 0 : without_ecn(s, option, native);
  return 0;
}

/* Linux and Windows take any size and clamp it; macOS and the BSDs refuse one
 * over their limit with ENOBUFS (setsockopt(2), kern.ipc.maxsockbuf), so skt
 * halves the size until they take it. */
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

/* What an IPv6 socket sends to IPv4 addresses goes by the options of IPv4
 * (Linux udpv6_sendmsg). Whether it will send there is known only after
 * skt_bind, so a system may refuse; then it sends nothing there. */
static void set_for_ipv4_too(skt *s, int option, int value) {
  if (skt__domain(s) == SKT_IPV6 && skt__connectionless(s)) {
    const skt__option_row *row = row_for(SKT_IPV4, option);
    if (row != NULL && row->domain == SKT_IPV4) {
      (void)set_native(s, row, skt__encode_option(row, value));
    }
  }
}

int skt_set_option(skt *s, int option, int value) {
  const skt__option_row *row;
  int rc = skt__check(s);
  if (rc < 0) {
    return rc;
  }
  const option_rule *r = rule_for(s, option);
  if (r == NULL || value < r->low || value > r->high) {
    return SKT_EINVAL;
  }
  if (skt__is_kept_option(option)) {
    return skt__set_kept(s, option, value);
  }
  if (option == SKT_OPT_SEND_TRAINS) {
    return skt__set_sends_trains(s, value);
  }
  rc = skt__option_to_set(s, option, &row);
  if (rc < 0) {
    return rc;
  }
  if (!suits_state(s, option)) {
    return SKT_EINVAL;
  }
  rc = set_native(s, row,
                  skt__encode_option(row, without_ecn(s, option, value)));
  if (rc == 0) {
    set_for_ipv4_too(s, option, value);
  }
  if (option >= SKT_OPT_RECEIVE_LOCAL && option <= SKT_OPT_RECEIVE_TRAINS) {
    rc = skt__mark_receives(s, option, value, rc);
  }
  return skt__option_code(s, rc, 0);
}
