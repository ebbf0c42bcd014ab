/* SPDX-License-Identifier: MIT */
/*
 * A small DNS server: answers to questions for addresses, from the command
 * line.
 *
 *   dns_server [-w] [ADDRESS]:PORT NAME=ADDRESS...
 *
 *   dns_server :5353 www.example=192.0.2.1 www.example=2001:db8::1
 *
 *   -w  leave the choice of an answer's source to the system, which is wrong
 *       on hosts with several addresses: to see what the clients make of it
 *
 * It listens on every address of the host, unless one is named, and each answer
 * leaves from the address that its question came to: resolvers discard others.
 * It receives and sends up to 64 messages a call. What is no question it drops,
 * and a malformed question it answers with FORMERR. It speaks UDP without
 * extensions: an answer has at most 512 bytes, and says so if it is cut.
 *
 * Exit code: 0 ended by Ctrl-C, 1 something failed, 2 wrong arguments.
 */
#include "dns.h"
#include "udp_at.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BATCH = 64,
  PLACE_BYTES = 1500, /* of the longest question, and of the answer */
  ROWS_MAX = 256,
  TTL_SECONDS = 60,
  LOOK_MS = 200
};

typedef struct row {
  unsigned char name[DNS_NAME_MAX];
  unsigned char address[16];
  size_t length; /* of the address: 4 or 16 */
} row;

static row rows[ROWS_MAX];
static size_t row_count;
static volatile sig_atomic_t stopped;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

/*
 * Answers
 */

/* Append an address; the name is that of the question. Returns false if there
 * is no room. */
static bool put_row(unsigned char *m, size_t *n, const row *r) {
  static const unsigned char name[] = {0xc0, DNS_HEADER}; /* a pointer */
  unsigned char *at = m + *n;
  if (*n + 12 + r->length > DNS_MESSAGE_MAX) {
    return false;
  }
  memcpy(at, name, sizeof name);
  dns_put(at + 2, r->length == 4 ? DNS_A : DNS_AAAA);
  dns_put(at + 4, DNS_IN);
  dns_put(at + 6, 0);
  dns_put(at + 8, TTL_SECONDS);
  dns_put(at + 10, (unsigned)r->length);
  memcpy(at + 12, r->address, r->length);
  *n += 12 + r->length;
  return true;
}

static bool is_asked(const row *r, unsigned type) {
  return type == DNS_ANY || type == (r->length == 4 ? DNS_A : DNS_AAAA);
}

/* Answer a question, whose name is in place. Returns the code; *n receives the
 * length, and *cut whether not all found room. */
static int put_rows(unsigned char *m, size_t *n, unsigned type, bool *cut) {
  int code = DNS_NXDOMAIN;
  unsigned count = 0;
  for (const row *r = rows; r < rows + row_count; ++r) {
    if (!dns_same_name(r->name, m + DNS_HEADER)) {
      continue;
    }
    code = 0;
    if (is_asked(r, type)) {
      bool fits = put_row(m, n, r);
      *cut = *cut || !fits;
      count += fits;
    }
  }
  dns_put(m + 6, count);
  return code;
}

/* Make the answer in place of the question, which has n bytes. Returns its
 * length, or 0 for what deserves none. */
static size_t answer(unsigned char *m, size_t n) {
  enum { IS_ANSWER = 0x80, OPERATION = 0x78, RECURSION = 0x01, CUT = 2 };
  if (n < DNS_HEADER || (m[2] & IS_ANSWER) != 0) {
    return 0;
  }
  bool one = dns_number(m + 4) == 1, cut = false;
  size_t end = one ? dns_behind_name(m, n, DNS_HEADER, false) : 0;
  size_t length = DNS_HEADER;
  bool good = end != 0 && end + 4 <= n;
  int code = good ? 0 : DNS_FORMERR;
  memset(m + 6, 0, 6); /* no answer yet, and nothing else ever */
  if ((m[2] & OPERATION) != 0) {
    code = DNS_NOTIMP;
  } else if (good && dns_number(m + end + 2) != DNS_IN) {
    code = DNS_REFUSED;
  } else if (good) {
    length = end + 4;
    code = put_rows(m, &length, dns_number(m + end), &cut);
  }
  if (length == DNS_HEADER) {
    dns_put(m + 4, 0); /* the question is not repeated */
  }
  m[2] = (unsigned char)(IS_ANSWER | 4 | (m[2] & RECURSION) | (cut ? CUT : 0));
  m[3] = (unsigned char)code;
  return length;
}

/*
 * The server
 */

/* Send messages; what cannot be sent to one client does not stop the others. */
static void send_all(skt *s, const skt_message *m, size_t count) {
  for (size_t done = 0; done < count;) {
    size_t sent = 0;
    int rc = skt_send(s, m + done, count - done, &sent);
    done += sent + (rc < 0);
  }
}

static int serve_some(skt *s, bool wrong_source) {
  static char buffer[BATCH * PLACE_BYTES];
  static skt_message m[BATCH];
  size_t answers = 0;
  int n = skt_receive(s, buffer, sizeof buffer, m, BATCH);
  for (int i = 0; i < n; ++i) {
    size_t length = m[i].cut ? 0 : answer((unsigned char *)m[i].data, m[i].n);
    if (length > 0) {
      m[i].n = length;
      m[i].use = wrong_source ? 0 : m[i].use;
      m[answers++] = m[i];
    }
  }
  send_all(s, m, answers);
  return n == SKT_ETIMEDOUT || n > 0 ? 0 : n;
}

static int open_server(skt *s, const char *text) {
  char said[SKT_ADDR_TEXT_MAX];
  skt_addr here;
  int rc = udp_at(s, text, false);
  rc = rc < 0 ? rc : skt_set_limit(s, SKT_READ, LOOK_MS);
  rc = rc < 0 ? rc : skt_local(s, &here);
  rc = rc < 0 ? rc : skt_addr_format(&here, said, sizeof said);
  if (rc >= 0) {
    fprintf(stderr, "dns_server: listening on %s\n", said);
  }
  return rc < 0 ? rc : 0;
}

/* NAME=ADDRESS */
static bool read_row(const char *text) {
  char name[DNS_NAME_MAX + 1], with_port[SKT_TEXT_MAX];
  const char *sign = strchr(text, '=');
  row *r = &rows[row_count];
  skt_addr a;
  if (row_count == ROWS_MAX || sign == NULL || sign == text ||
      (size_t)(sign - text) >= sizeof name) {
    return false;
  }
  memcpy(name, text, (size_t)(sign - text));
  name[sign - text] = '\0';
  if (dns_name(r->name, name) == 0 ||
      skt_text_join(with_port, sizeof with_port, sign + 1, 53) < 0 ||
      skt_addr_parse(&a, with_port) < 0) {
    return false;
  }
  r->length = (size_t)skt_addr_bytes(&a, r->address);
  ++row_count;
  return true;
}

static bool read_rows(char **arg) {
  while (*arg != NULL && read_row(*arg)) {
    ++arg;
  }
  return *arg == NULL && row_count > 0;
}

int main(int argc, char **argv) {
  skt s = SKT_NONE;
  bool wrong = argc > 1 && strcmp(argv[1], "-w") == 0;
  char **arg = argv + 1 + wrong;
  if (argc < 3 + wrong || !read_rows(arg + 1)) {
    fprintf(stderr, "usage: dns_server [-w] [ADDRESS]:PORT NAME=ADDRESS...\n");
    return 2;
  }
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  int rc = open_server(&s, *arg);
  while (rc == 0 && stopped == 0) {
    rc = serve_some(&s, wrong);
  }
  skt_close(&s);
  if (rc < 0) {
    fprintf(stderr, "dns_server: cannot serve at %s: %s\n", *arg,
            skt_strerror(rc));
  }
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
