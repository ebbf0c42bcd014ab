/* SPDX-License-Identifier: MIT */
/* Parsing addresses. Not by inet_pton and getaddrinfo, which accept different
 * texts on different systems: some read "010.0.0.1" as 8.0.0.1, "[::1]:80" as a
 * host or "65536" as port 0. */
#include "address.h"

enum { INTERFACE_NAME_MAX = 256 };

/* Over 9 if c is no digit. */
static unsigned digit_of(char c) {
  return (unsigned)(unsigned char)c - (unsigned)'0';
}

/* A decimal number up to max, without leading zeros, which `end` follows; or
 * SKT_EINVAL. */
static inline int64_t parse_number(const char *p, char end, uint32_t max) {
  const char *start = p;
  int64_t value = 0;
  for (unsigned digit; (digit = digit_of(*p)) <= 9; ++p) {
    value = value * 10 + digit;
    if (value > max) {
      return SKT_EINVAL;
    }
  }
  bool leading_zero = *start == '0' && p != start + 1;
  return *p == end && p != start && !leading_zero ? value : SKT_EINVAL;
}

/* Parsers return the end of the text that they accept, or NULL. What follows is
 * for their caller to check: it may be a digit too many. */

/* Numbers without leading zeros: those of n digits have a least value. */
static inline const char *parse_ipv4(const char *p, uint8_t *bytes) {
  for (int i = 0;; ++i) {
    unsigned value = digit_of(*p++);
    if (value > 9) {
      return NULL;
    }
    unsigned digit = digit_of(*p);
    if (digit <= 9) {
      value = value * 10 + digit;
      digit = digit_of(*++p);
      if (digit <= 9) {
        value = value * 10 + digit;
        ++p;
        if (value < 100 || value > 255) {
          return NULL;
        }
      } else if (value < 10) {
        return NULL;
      }
    }
    bytes[i] = (uint8_t)value;
    if (i == 3) {
      return p;
    }
    if (*p++ != '.') {
      return NULL;
    }
  }
}

/* Hexadecimal digits, as many as there are. Small letters differ from capitals
 * in one bit. */
static const char *parse_group(const char *p, unsigned *group) {
  enum { LETTER = 'A' - '0', SMALL = 'a' - 'A' };
  unsigned value = 0;
  for (;; ++p) {
    unsigned digit = digit_of(*p);
    if (digit > 9) {
      digit = (digit - LETTER) & ~(unsigned)SMALL;
      if (digit > 5) {
        *group = value;
        return p;
      }
      digit += 10;
    }
    value = value << 4 | digit;
  }
}

/* Expand "::" by moving what follows the gap, up to `to`, to the end of the
 * address. */
static bool expand_gap(uint8_t *bytes, uint8_t *to, uint8_t *gap) {
  uint8_t *end = bytes + 16;
  if ((gap == NULL) != (to == end)) {
    return false;
  }
  while (gap != NULL && to != gap) {
    *--end = *--to;
    *to = 0;
  }
  return true;
}

/* Eight groups of one to four digits. "::" can replace a run of zero groups,
 * once. The last two groups can have the form of IPv4. `bytes` must be zero. */
static const char *parse_ipv6(const char *p, uint8_t *bytes) {
  uint8_t *to = bytes, *end = bytes + 16, *gap = NULL;
  const char *start;
  if (p[0] == ':' && p[1] == ':') {
    p += 2;
    gap = to;
  }
  for (;;) {
    unsigned group;
    start = p;
    p = parse_group(p, &group);
    if ((size_t)(p - start - 1) > 3) {
      if (p != start || to != gap) {
        return NULL;
      }
      break;
    }
    to[0] = (uint8_t)(group >> 8);
    to[1] = (uint8_t)group;
    to += 2;
    if (*p != ':' || to == end) {
      break;
    }
    if (*++p == ':') {
      if (gap != NULL) {
        return NULL;
      }
      ++p;
      gap = to;
    }
  }
  if (*p == '.' && p != start && to != end) {
    p = parse_ipv4(start, to - 2);
    to += 2;
  }
  return expand_gap(bytes, to, gap) ? p : NULL;
}

/* Whether no interface has such a name. Linux takes "lo:x" for "lo", an alias
 * of old (netdevice(7)); no system has names with white space or the other
 * signs of addresses and paths. */
static bool is_in_no_name(char c) {
  const char *p = " \t\n\v\f\r:/%[";
  while (*p != '\0' && *p != c) {
    ++p;
  }
  return *p == c;
}

/* A scope, which ends before ']': a number, or the name of an interface.
 * Returns its end; *scope is the number or a code. */
static SKT__COLD const char *parse_scope(const char *p, int64_t *scope) {
  char name[INTERFACE_NAME_MAX];
  const char *start = p;
  while (digit_of(*p) <= 9) {
    ++p;
  }
  if (*p == ']') {
    *scope = parse_number(start, ']', UINT32_MAX);
    return p;
  }
  *scope = SKT_EINVAL;
  for (p = start; *p != ']'; ++p) {
    if (p - start == sizeof name - 1 || is_in_no_name(*p)) {
      return p;
    }
    name[p - start] = *p;
  }
  name[p - start] = '\0';
  *scope = skt__sys_interface(name);
  return p;
}

/* After an address, which is NULL if there was none. */
static inline int parse_port(const char *p) {
  return p != NULL && *p == ':' ? (int)parse_number(p + 1, '\0', 65535)
                                : SKT_EINVAL;
}

static int parse_ipv4_and_port(skt_addr *out, const char *text) {
  skt__addr_clear(out);
  int port = parse_port(parse_ipv4(text, skt__addr_bytes(out, SKT_IPV4)));
  if (port < 0) {
    return skt__addr_refuse(out, port);
  }
  skt__addr_put_head(out, SKT_IPV4, port);
  return 0;
}

/* What stands after "[". */
static SKT__APART int parse_ipv6_and_port(skt_addr *out, const char *p) {
  int64_t rc = 0;
  skt__addr_clear(out);
  p = parse_ipv6(p, skt__addr_bytes(out, SKT_IPV6));
  if (p != NULL && *p == '%') {
    p = parse_scope(p + 1, &rc);
    skt__addr_put_scope(out, (uint32_t)rc);
  }
  if (rc >= 0) {
    rc = parse_port(p != NULL && *p == ']' ? p + 1 : NULL);
  }
  if (rc < 0) {
    return skt__addr_refuse(out, (int)rc);
  }
  skt__addr_put_head(out, SKT_IPV6, (int)rc);
  return 0;
}

int skt_addr_parse(skt_addr *out, const char *text) {
  if (out == NULL) {
    return SKT_EFAULT;
  }
  if (text == NULL) {
    return skt__addr_refuse(out, SKT_EFAULT);
  }
  if (digit_of(*text) <= 9) {
    return parse_ipv4_and_port(out, text);
  }
  return *text == '[' ? parse_ipv6_and_port(out, text + 1)
                      : skt__unix_parse(out, text);
}
