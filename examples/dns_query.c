/* SPDX-License-Identifier: MIT */
/*
 * Ask a DNS server for the addresses of a name, over UDP, and print them, a
 * line for each.
 *
 *   dns_query SERVER:PORT NAME [A | AAAA]
 *
 * It asks three times, a second each. How long the answer took goes to standard
 * error.
 *
 * Exit code: 0 there are addresses, 1 there are none or something failed, 2
 * wrong arguments.
 */
#include "dns.h"
#include "seconds.h"

#include <skt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 3, TRY_MS = 1000 };

/* Write a question. Returns its length, or 0 if that is no name. */
static size_t make_question(unsigned char *m, const char *name, int type) {
  enum { PLEASE_RECURSE = 0x0100 };
  size_t n = dns_name(m + DNS_HEADER, name);
  if (n == 0) {
    return 0;
  }
  memset(m, 0, DNS_HEADER);
  /* Enough to see late answers apart; the port keeps others from guessing. */
  dns_put(m, (unsigned)(seconds_now() * 1e6) & 0xffff);
  dns_put(m + 2, PLEASE_RECURSE);
  dns_put(m + 4, 1);
  dns_put(m + DNS_HEADER + n, (unsigned)type);
  dns_put(m + DNS_HEADER + n + 2, DNS_IN);
  return DNS_HEADER + n + 4;
}

/* Whether an answer belongs to the question: its number, and its text. */
static bool belongs(const unsigned char *m, size_t n, const unsigned char *q,
                    size_t length) {
  if (n < DNS_HEADER || memcmp(m, q, 2) != 0 || (m[2] & 0x80) == 0) {
    return false;
  }
  if (dns_number(m + 4) == 0) { /* as when it could not read the question */
    return (m[3] & 0x0f) != 0;
  }
  return n >= length && dns_number(m + 4) == 1 &&
         dns_behind_name(m, n, DNS_HEADER, false) == length - 4 &&
         dns_same_name(m + DNS_HEADER, q + DNS_HEADER) &&
         memcmp(m + length - 4, q + length - 4, 4) == 0;
}

/* Wait for the answer. Returns its length, or a code. */
static ptrdiff_t receive(skt *s, unsigned char *m, const unsigned char *q,
                         size_t length) {
  double until = seconds_now() + TRY_MS / 1e3;
  while (seconds_now() < until) {
    ptrdiff_t n = skt_read(s, m, DNS_MESSAGE_MAX);
    if (n < 0 || belongs(m, (size_t)n, q, length)) {
      return n;
    }
  }
  return SKT_ETIMEDOUT;
}

static ptrdiff_t ask(skt *s, unsigned char *m, const unsigned char *q,
                     size_t length) {
  ptrdiff_t n = skt_set_limit(s, SKT_BOTH, TRY_MS);
  for (int i = 0; n == 0 && i < TRIES; ++i) {
    n = skt_write(s, q, length);
    n = n < 0 ? n : receive(s, m, q, length);
    if (n == SKT_ETIMEDOUT && i + 1 < TRIES) {
      n = 0;
    }
  }
  return n;
}

static void print_address(const unsigned char *bytes, size_t n) {
  char text[SKT_ADDR_TEXT_MAX], host[SKT_ADDR_TEXT_MAX];
  skt_addr a;
  int port;
  if (skt_addr_from_bytes(&a, bytes, n, 0) == 0 &&
      skt_addr_format(&a, text, sizeof text) > 0 &&
      skt_text_split(text, host, sizeof host, &port) > 0) {
    puts(host);
  }
}

/* Print the addresses of an answer of n bytes, whatever names they have: a
 * server adds those of an alias. Returns how many, or -1 if it is malformed. */
static int print_answer(const unsigned char *m, size_t n, size_t at, int type) {
  int found = 0;
  size_t want = type == DNS_A ? 4 : 16;
  for (unsigned left = dns_number(m + 6); left > 0; --left) {
    at = dns_behind_name(m, n, at, true);
    if (at == 0 || at + 10 > n || at + 10 + dns_number(m + at + 8) > n) {
      return -1;
    }
    size_t length = dns_number(m + at + 8);
    if (dns_number(m + at) == (unsigned)type && length == want) {
      print_address(m + at + 10, length);
      ++found;
    }
    at += 10 + length;
  }
  return found;
}

static int complain(const char *name, const char *why) {
  fprintf(stderr, "dns_query: %s: %s\n", name, why);
  return EXIT_FAILURE;
}

static int print(const unsigned char *m, size_t n, size_t length, int type,
                 const char *name) {
  int code = m[3] & 0x0f;
  if (code != 0) {
    return complain(name, code == DNS_NXDOMAIN ? "there is no such name"
                                               : "the server refuses");
  }
  int found = print_answer(m, n, length, type);
  if (found <= 0) {
    return complain(name, found == 0 ? "it has no such address"
                                     : "the answer is malformed");
  }
  if ((m[2] & 2) != 0) {
    fprintf(stderr, "dns_query: the answer is cut, there are more\n");
  }
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  skt s = SKT_NONE;
  unsigned char question[DNS_HEADER + DNS_NAME_MAX + 4];
  unsigned char m[DNS_MESSAGE_MAX] = {0};
  bool six = argc == 4 && strcmp(argv[3], "AAAA") == 0;
  int type = six ? DNS_AAAA : DNS_A;
  size_t length = argc < 3 ? 0 : make_question(question, argv[2], type);
  if (argc > 4 || length == 0 ||
      (argc == 4 && !six && strcmp(argv[3], "A") != 0)) {
    fprintf(stderr, "usage: dns_query SERVER:PORT NAME [A | AAAA]\n");
    return 2;
  }
  double start = seconds_now();
  ptrdiff_t n = skt_dial(&s, argv[1], SKT_DATAGRAM, TRIES * TRY_MS, NULL);
  n = n < 0 ? n : ask(&s, m, question, length);
  skt_close(&s);
  if (n < 0) {
    return complain(argv[1], skt_strerror((int)n));
  }
  fprintf(stderr, "dns_query: %.1f ms\n", (seconds_now() - start) * 1e3);
  return print(m, (size_t)n, length, type, argv[2]);
}
