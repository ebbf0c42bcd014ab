/* SPDX-License-Identifier: MIT */
#ifndef DNS_H
#define DNS_H

#include <stdbool.h>
#include <stddef.h>

/* What a DNS client and a DNS server share: the parts of RFC 1035 about names
 * and numbers. All functions on messages look at no byte behind `n`. */

enum { DNS_HEADER = 12, DNS_NAME_MAX = 255, DNS_MESSAGE_MAX = 512 };
enum { DNS_A = 1, DNS_CNAME = 5, DNS_AAAA = 28, DNS_ANY = 255, DNS_IN = 1 };

/* Codes of answers. */
enum {
  DNS_FORMERR = 1,
  DNS_SERVFAIL = 2,
  DNS_NXDOMAIN = 3,
  DNS_NOTIMP = 4,
  DNS_REFUSED = 5
};

unsigned dns_number(const unsigned char *bytes);
void dns_put(unsigned char *bytes, unsigned number);

/* Write a name as a message has it, "\3www\7example\0", into DNS_NAME_MAX
 * bytes. Returns how many, or 0 if it is no name. */
size_t dns_name(unsigned char *out, const char *text);

/* The place behind a name that begins at `at`, or 0 if it is malformed. Names
 * that point elsewhere (RFC 1035 4.1.4) end with the pointer, if `pointers`
 * allows that. */
size_t dns_behind_name(const unsigned char *m, size_t n, size_t at,
                       bool pointers);

/* Whether two names as messages have them are the same, in any case. */
bool dns_same_name(const unsigned char *a, const unsigned char *b);

#endif
