/* SPDX-License-Identifier: MIT */
/* Parsing and formatting addresses. Not by inet_pton, inet_ntop and
 * getaddrinfo, which accept different texts on different systems: some read
 * "010.0.0.1" as 8.0.0.1, "[::1]:80" as a host or "65536" as port 0. */
#include "address.h"

#include <string.h>

enum { INTERFACE_NAME_MAX = 256 };

/* Parsers advance *p past the text that they accept. They return whether the
 * text was valid. */

static bool consume(const char **p, char c) {
  bool found = **p == c;
  *p += found;
  return found;
}

/* Skip a word if the text begins with it. */
static bool consume_word(const char **p, const char *word) {
  size_t n = 0;
  for (; word[n] != '\0'; ++n) {
    if ((*p)[n] != word[n]) {
      return false;
    }
  }
  *p += n;
  return true;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static int hex_value(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  int letter = (c | 0x20) - 'a'; /* the bit makes a letter lower case */
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/* A decimal number up to max, without leading zeros. */
static bool parse_number(const char **p, uint32_t max, uint32_t *out) {
  const char *start = *p;
  uint64_t value = 0;
  for (; is_digit(**p) && value <= max; ++*p) {
    value = value * 10 + (uint64_t)(**p - '0');
  }
  *out = (uint32_t)value;
  return *p != start && value <= max && (*start != '0' || *p == start + 1);
}

static bool parse_ipv4(const char **p, uint8_t *bytes) {
  for (int i = 0; i < 4; ++i) {
    uint32_t value;
    if ((i > 0 && !consume(p, '.')) || !parse_number(p, 255, &value)) {
      return false;
    }
    bytes[i] = (uint8_t)value;
  }
  return true;
}

/* One to four hexadecimal digits. */
static bool parse_group(const char **p, uint8_t *bytes) {
  const char *start = *p;
  int value = 0;
  for (; hex_value(**p) >= 0 && *p - start < 4; ++*p) {
    value = value * 16 + hex_value(**p);
  }
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
  return *p != start && hex_value(**p) < 0;
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

/* Eight groups. "::" can replace a run of zero groups, once. The last two
 * groups can have the form of IPv4. */
static bool parse_ipv6(const char **p, uint8_t *bytes) {
  int have = 0, gap = -1;
  if ((*p)[0] == ':' && (*p)[1] == ':') {
    *p += 2;
    gap = 0;
  }
  while (have < 16 && (have != gap || hex_value(**p) >= 0)) {
    const char *start = *p;
    bool group = parse_group(p, bytes + have);
    if (**p == '.' && have <= 12) {
      *p = start;
      return parse_ipv4(p, bytes + have) && expand_gap(bytes, have + 4, gap);
    }
    have += 2;
    if (!group) {
      return false;
    }
    if (have == 16 || !consume(p, ':')) {
      break;
    }
    if (**p == ':') {
      if (gap >= 0) {
        return false;
      }
      ++*p;
      gap = have;
    }
  }
  return expand_gap(bytes, have, gap);
}

/* A scope, which ends before ']': a number, or the name of an interface. */
static int parse_scope(const char **p, uint32_t *scope) {
  char name[INTERFACE_NAME_MAX];
  size_t n = 0;
  bool is_number = true;
  for (; (*p)[n] != ']'; ++n) {
    if ((*p)[n] == '\0' || n + 1 == sizeof name) {
      return SKT_EINVAL;
    }
    is_number = is_number && is_digit((*p)[n]);
    name[n] = (*p)[n];
  }
  if (is_number) {
    return parse_number(p, UINT32_MAX, scope) ? 0 : SKT_EINVAL;
  }
  name[n] = '\0';
  *p += n;
  *scope = skt__sys_interface(name);
  return *scope == 0 ? SKT_ENODEV : 0;
}

static int parse_host(const char **p, skt__ip *ip) {
  if (!consume(p, '[')) {
    ip->domain = SKT_IPV4;
    return parse_ipv4(p, ip->bytes) ? 0 : SKT_EINVAL;
  }
  ip->domain = SKT_IPV6;
  if (!parse_ipv6(p, ip->bytes)) {
    return SKT_EINVAL;
  }
  int rc = consume(p, '%') ? parse_scope(p, &ip->scope) : 0;
  if (rc < 0) {
    return rc;
  }
  return consume(p, ']') ? 0 : SKT_EINVAL;
}

int skt_addr_parse(skt_addr *out, const char *text) {
  skt__ip ip = {.scope = 0};
  uint32_t port;
  if (out == NULL) {
    return SKT_EFAULT;
  }
  *out = (skt_addr){.length = 0};
  if (text == NULL) {
    return SKT_EFAULT;
  }
  if (consume_word(&text, "unix:")) {
    return skt__unix_parse(out, text);
  }
  int rc = parse_host(&text, &ip);
  if (rc < 0) {
    return rc;
  }
  if (!consume(&text, ':') || !parse_number(&text, 65535, &port) ||
      *text != '\0') {
    return SKT_EINVAL;
  }
  ip.port = (uint16_t)port;
  skt__addr_set_ip(out, &ip);
  return 0;
}

/* Writers write text at p and return its end. */

static char *put_number(char *p, uint32_t value) {
  char digits[10];
  int n = 0;
  do {
    digits[n++] = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (n > 0) {
    *p++ = digits[--n];
  }
  return p;
}

static char *put_ipv4(char *p, const uint8_t *bytes) {
  for (int i = 0; i < 4; ++i) {
    p = put_number(p, bytes[i]);
    *p++ = '.';
  }
  return p - 1;
}

static char *put_group(char *p, unsigned value) {
  bool begun = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    unsigned digit = value >> shift & 15;
    begun = begun || digit != 0 || shift == 0;
    if (begun) {
      *p++ = "0123456789abcdef"[digit];
    }
  }
  return p;
}

static unsigned group_at(const uint8_t *bytes, int i) {
  return (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
}

/* The first of the longest runs of two or more zero groups: its start and end,
 * or 8 and 8 if there is none. */
static void find_longest_zeros(const uint8_t *bytes, int *start, int *end) {
  *start = *end = 8;
  int best = 1;
  for (int i = 0, run = 0; i < 8; ++i) {
    run = group_at(bytes, i) == 0 ? run + 1 : 0;
    if (run > best) {
      best = run;
      *start = i + 1 - run;
      *end = i + 1;
    }
  }
}

static char *put_ipv6(char *p, const skt__ip *ip) {
  int start, end;
  /* RFC 5952 5: the mixed form for addresses known to contain IPv4. */
  if (skt__ip_is_mapped(ip)) {
    memcpy(p, "::ffff:", 7);
    return put_ipv4(p + 7, ip->bytes + 12);
  }
  find_longest_zeros(ip->bytes, &start, &end);
  for (int i = 0; i < 8; ++i) {
    if (i == start) {
      *p++ = ':';
      i = end - 1;
      if (end == 8) {
        *p++ = ':';
      }
      continue;
    }
    if (i > 0) {
      *p++ = ':';
    }
    p = put_group(p, group_at(ip->bytes, i));
  }
  return p;
}

static char *put_address(char *p, const skt__ip *ip) {
  if (ip->domain == SKT_IPV4) {
    p = put_ipv4(p, ip->bytes);
  } else {
    *p++ = '[';
    p = put_ipv6(p, ip);
    if (ip->scope != 0) {
      *p++ = '%';
      p = put_number(p, ip->scope);
    }
    *p++ = ']';
  }
  *p++ = ':';
  return put_number(p, ip->port);
}

int skt_addr_format(const skt_addr *a, char *text, size_t capacity) {
  skt__ip ip;
  char all[SKT_ADDR_TEXT_MAX];
  if (a == NULL || text == NULL) {
    return SKT_EFAULT;
  }
  if (capacity > 0) {
    text[0] = '\0';
  }
  int domain = skt__addr_get_ip(a, &ip);
  if (domain < 0) {
    return domain;
  }
  int length = domain == SKT_UNIX ? skt__unix_format(a, all)
                                  : (int)(put_address(all, &ip) - all);
  if (length < 0 || (size_t)length >= capacity) {
    return length < 0 ? length : SKT_ENOSPC;
  }
  memcpy(text, all, (size_t)length);
  text[length] = '\0';
  return length;
}
