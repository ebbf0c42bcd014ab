/* SPDX-License-Identifier: MIT */
/* Formatting addresses. Not by inet_ntop, whose texts differ between systems.
 */
#include "address.h"

#include <string.h>

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

static char *put_byte(char *p, unsigned value) {
  unsigned hundreds = value / 100, rest = value - 100 * hundreds;
  unsigned tens = rest / 10;
  if (hundreds > 0) {
    *p++ = (char)('0' + hundreds);
  }
  if (value >= 10) {
    *p++ = (char)('0' + tens);
  }
  *p = (char)('0' + rest - 10 * tens);
  return p + 1;
}

static char *put_ipv4(char *p, const uint8_t *bytes) {
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

static int format(const skt_addr *a, char *text) {
  skt__ip ip;
  int domain = skt__addr_get_ip(a, &ip);
  if (domain == SKT_UNIX) {
    return skt__unix_format(a, text);
  }
  return domain < 0 ? domain : (int)(put_address(text, &ip) - text);
}

int skt_addr_format(const skt_addr *a, char *text, size_t capacity) {
  char all[SKT_ADDR_TEXT_MAX];
  if (a == NULL || text == NULL) {
    return SKT_EFAULT;
  }
  bool fits = capacity >= sizeof all;
  int length = format(a, fits ? text : all);
  bool written = length >= 0 && (size_t)length < capacity;
  if (written && !fits) {
    memcpy(text, all, (size_t)length);
  }
  if (capacity > 0) {
    text[written ? length : 0] = '\0';
  }
  return length >= 0 && !written ? SKT_ENOSPC : length;
}
