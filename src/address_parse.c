/* SPDX-License-Identifier: MIT */
/* Parsing addresses. Not by inet_pton and getaddrinfo, which accept different
 * texts on different systems: some read "010.0.0.1" as 8.0.0.1, "[::1]:80" as a
 * host or "65536" as port 0. */
#include "address.h"

#include <string.h>

enum { INTERFACE_NAME_MAX = 256 };

/* Parsers return the end of the text that they accept, or NULL. */

static const char *skip(const char *p, char c) {
  return *p == c ? p + 1 : NULL;
}

/* Over 9 if c is no digit. */
static unsigned digit_of(char c) {
  return (unsigned)(unsigned char)c - (unsigned)'0';
}

/* -1 if c is no hexadecimal digit. */
static int hex_value(char c) {
  static const char one_more['f' - '0' + 1] = {1,
                                               2,
                                               3,
                                               4,
                                               5,
                                               6,
                                               7,
                                               8,
                                               9,
                                               10,
                                               ['A' - '0'] = 11,
                                               12,
                                               13,
                                               14,
                                               15,
                                               16,
                                               ['a' - '0'] = 11,
                                               12,
                                               13,
                                               14,
                                               15,
                                               16};
  unsigned at = (unsigned char)c - (unsigned)'0';
  return at < sizeof one_more ? one_more[at] - 1 : -1;
}

/* A decimal number up to max, without leading zeros. */
static const char *parse_number(const char *p, uint32_t max, uint32_t *out) {
  enum { DIGITS_MAX = 10 };
  const char *start = p;
  uint64_t value = 0;
  for (; digit_of(*p) <= 9 && p != start + DIGITS_MAX; ++p) {
    value = value * 10 + digit_of(*p);
  }
  *out = (uint32_t)value;
  bool leading_zero = *start == '0' && p != start + 1;
  return p == start || value > max || leading_zero ? NULL : p;
}

/* A number of one to three digits. What follows is the caller's to check, so
 * that a leading zero is a number of its own. */
static const char *parse_byte(const char *p, uint8_t *byte) {
  unsigned value = digit_of(*p);
  if (value > 9) {
    return NULL;
  }
  for (int i = 0; i < 2 && value != 0 && digit_of(p[1]) <= 9; ++i) {
    value = value * 10 + digit_of(*++p);
  }
  *byte = (uint8_t)value;
  return value <= 255 ? p + 1 : NULL;
}

static const char *parse_ipv4(const char *p, uint8_t *bytes) {
  p = parse_byte(p, bytes);
  for (int i = 1; i < 4 && p != NULL; ++i) {
    p = *p == '.' ? parse_byte(p + 1, bytes + i) : NULL;
  }
  return p;
}

/* One to four hexadecimal digits. */
static const char *parse_group(const char *p, uint8_t *bytes) {
  const char *start = p;
  unsigned value = 0;
  int digit = hex_value(*p);
  for (; digit >= 0 && p - start < 4; digit = hex_value(*p)) {
    value = value * 16 + (unsigned)digit;
    ++p;
  }
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
  return p == start || digit >= 0 ? NULL : p;
}

/* Expand "::": move the groups after the gap to the end and fill the gap with
 * zeros. */
static bool expand_gap(uint8_t *bytes, int have, int gap) {
  if (gap < 0 || have == 16) {
    return gap < 0 && have == 16;
  }
  memmove(bytes + 16 - (have - gap), bytes + gap, (size_t)(have - gap));
  memset(bytes + gap, 0, (size_t)(16 - have));
  return true;
}

/* The last two groups in the form of IPv4. */
static const char *parse_tail(const char *p, uint8_t *bytes, int have,
                              int gap) {
  p = parse_ipv4(p, bytes + have);
  return p != NULL && expand_gap(bytes, have + 4, gap) ? p : NULL;
}

/* Eight groups. "::" can replace a run of zero groups, once. The last two
 * groups can have the form of IPv4. */
static const char *parse_ipv6(const char *p, uint8_t *bytes) {
  int have = 0, gap = -1;
  if (p[0] == ':' && p[1] == ':') {
    p += 2;
    gap = 0;
  }
  while (have < 16 && (have != gap || hex_value(*p) >= 0)) {
    const char *end = parse_group(p, bytes + have);
    if (end != NULL && *end == '.' && have <= 12) {
      return parse_tail(p, bytes, have, gap);
    }
    have += 2;
    if (end == NULL) {
      return NULL;
    }
    p = end;
    if (have == 16 || *p != ':') {
      break;
    }
    ++p;
    if (*p == ':') {
      if (gap >= 0) {
        return NULL;
      }
      ++p;
      gap = have;
    }
  }
  return expand_gap(bytes, have, gap) ? p : NULL;
}

/* A scope, which ends before ']': a number, or the name of an interface. Linux
 * takes "lo:x" for "lo", an alias of old (netdevice(7)); no system has names
 * with white space or the other signs of addresses and paths. Returns 0 or an
 * error. */
static int parse_scope(const char **p, uint32_t *scope) {
  char name[INTERFACE_NAME_MAX];
  size_t n = 0;
  bool is_number = true;
  for (char c; (c = (*p)[n]) != ']'; name[n++] = c) {
    if (n + 1 == sizeof name || strchr(" \t\n\v\f\r:/%[", c) != NULL) {
      return SKT_EINVAL;
    }
    is_number = is_number && digit_of(c) <= 9;
  }
  const char *start = *p;
  *p += n;
  if (is_number) {
    return parse_number(start, UINT32_MAX, scope) != NULL ? 0 : SKT_EINVAL;
  }
  name[n] = '\0';
  int64_t rc = skt__sys_interface(name);
  *scope = (uint32_t)rc;
  return rc < 0 ? (int)rc : 0;
}

/* What stands in brackets. Returns 0 or an error. */
static int parse_bracketed(const char **p, skt__ip *ip) {
  ip->domain = SKT_IPV6;
  const char *end = parse_ipv6(*p, ip->bytes);
  int rc = end == NULL ? SKT_EINVAL : 0;
  if (rc == 0 && *end == '%') {
    ++end;
    rc = parse_scope(&end, &ip->scope);
  }
  *p = rc == 0 ? skip(end, ']') : NULL;
  return rc == 0 && *p == NULL ? SKT_EINVAL : rc;
}

static int parse_internet(skt_addr *out, const char *p) {
  skt__ip ip = {.domain = SKT_IPV4};
  uint32_t port;
  int rc = 0;
  if (*p == '[') {
    ++p;
    rc = parse_bracketed(&p, &ip);
  } else {
    p = parse_ipv4(p, ip.bytes);
  }
  if (rc < 0) {
    return rc;
  }
  p = p != NULL ? skip(p, ':') : NULL;
  p = p != NULL ? parse_number(p, 65535, &port) : NULL;
  if (p == NULL || *p != '\0') {
    return SKT_EINVAL;
  }
  ip.port = (uint16_t)port;
  skt__addr_set_ip(out, &ip);
  return 0;
}

static int parse(skt_addr *out, const char *text) {
  if (text == NULL) {
    return SKT_EFAULT;
  }
  bool is_unix = text[0] == 'u' && strncmp(text, "unix:", 5) == 0;
  return is_unix ? skt__unix_parse(out, text + 5) : parse_internet(out, text);
}

int skt_addr_parse(skt_addr *out, const char *text) {
  if (out == NULL) {
    return SKT_EFAULT;
  }
  int rc = parse(out, text);
  if (rc < 0) {
    *out = (skt_addr){.length = 0};
  }
  return rc;
}
