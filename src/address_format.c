/* SPDX-License-Identifier: MIT */
/* Formatting addresses. Not by inet_ntop, whose texts differ between systems.
 */
#include "address.h"

#include <string.h>

/* Writers write text at p and return its end. */

static char *put_number(char *p, uint32_t value) {
  char *end = p + 1;
  for (uint64_t limit = 10; value >= limit; limit *= 10) {
    ++end;
  }
  for (char *at = end; value >= 10; value /= 10) {
    *--at = (char)('0' + value % 10);
  }
  *p = (char)('0' + value);
  return end;
}

static char *put_byte(char *p, unsigned value) {
  if (value >= 10) {
    if (value >= 100) {
      *p = '1';
      value -= 100;
      if (value >= 100) {
        *p = '2';
        value -= 100;
      }
      ++p;
    }
    unsigned tens = value * 103 >> 10; /* value / 10, below 179 */
    *p++ = (char)('0' + tens);
    value -= 10 * tens;
  }
  *p = (char)('0' + value);
  return p + 1;
}

static inline char *put_ipv4(char *p, const uint8_t *bytes) {
  for (int i = 0; i < 4; ++i) {
    p = put_byte(p, bytes[i]);
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

/* Returns the length of the text. */
static int put_port(char *text, char *p, uint16_t port) {
  *p++ = ':';
  p = put_number(p, port);
  *p = '\0';
  return (int)(p - text);
}

static SKT__APART int format_other(const skt_addr *a, char *text) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (domain != SKT_IPV6) {
    int rc = domain == SKT_UNIX ? skt__unix_format(a, text) : domain;
    text[rc < 0 ? 0 : rc] = '\0';
    return rc;
  }
  char *p = text;
  *p++ = '[';
  p = put_ipv6(p, &ip);
  if (ip.scope != 0) {
    *p++ = '%';
    p = put_number(p, ip.scope);
  }
  *p++ = ']';
  return put_port(text, p, ip.port);
}

/* With the terminating zero, SKT_ADDR_TEXT_MAX bytes at most. */
static int format(const skt_addr *a, char *text) {
  if (!skt__addr_is_ipv4(a)) {
    return format_other(a, text);
  }
  char *p = put_ipv4(text, (const uint8_t *)a->words + skt__bytes_at(SKT_IPV4));
  return put_port(text, p, skt__addr_port(a));
}

static SKT__APART int format_and_copy(const skt_addr *a, char *text,
                                      size_t capacity) {
  char all[SKT_ADDR_TEXT_MAX];
  int length = format(a, all);
  if (length >= 0 && (size_t)length >= capacity) {
    all[0] = '\0';
    length = SKT_ENOSPC;
  }
  if (capacity > 0) {
    memcpy(text, all, length < 0 ? 1 : (size_t)length + 1);
  }
  return length;
}

int skt_addr_format(const skt_addr *a, char *text, size_t capacity) {
  if (a == NULL || text == NULL) {
    return SKT_EFAULT;
  }
  return capacity >= SKT_ADDR_TEXT_MAX ? format(a, text)
                                       : format_and_copy(a, text, capacity);
}
