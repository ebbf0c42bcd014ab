/* SPDX-License-Identifier: MIT */
/*
 * Send as QUIC does, for ci/run/datagrams.sh: datagrams of 1,200 bytes with ECN
 * marks, in batches that become trains; and receive them, look at every byte,
 * at the order and at the marks.
 *
 *   marked receive ADDRESS COUNT
 *   marked send ADDRESS COUNT [no-trains]
 *
 * The receiver confirms each batch before the next is sent: one batch of singles
 * fits every socket's buffer, so that a datagram which does not arrive is one
 * that skt or the system lost. The receiver's verdict is one line on standard
 * output.
 *
 * Exit code: 0 all has arrived, 1 something failed, 2 wrong arguments.
 */
#include "udp_at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BYTES = 1200,
  BATCH = 50,
  MARKED_ALIKE = 25, /* so that the marks cut a batch in two */
  ROOM = 65536,
  PATIENCE_MS = 20000
};

typedef struct verdict {
  unsigned long calls, received, ordered, whole, right, wrong, absent;
} verdict;

/* A service class, and the four codes of ECN in turn. */
static int mark_of(unsigned long number) {
  return 0x28 | (int)(number / MARKED_ALIKE % 4);
}

static void fill(unsigned char *bytes, unsigned long number) {
  for (int i = 0; i < BYTES; ++i) {
    bytes[i] = (unsigned char)(number * 7 + (unsigned long)i);
  }
  for (int i = 0; i < 4; ++i) {
    bytes[i] = (unsigned char)(number >> (24 - 8 * i));
  }
}

static unsigned long number_of(const unsigned char *bytes) {
  return (unsigned long)bytes[0] << 24 | (unsigned long)bytes[1] << 16 |
         (unsigned long)bytes[2] << 8 | bytes[3];
}

/*
 * Send
 */

static int confirmed(skt *s, unsigned long number) {
  unsigned char bytes[4] = {0};
  skt_addr from;
  ptrdiff_t n = skt_receive_from(s, bytes, sizeof bytes, &from, NULL);
  if (n < 0) {
    return (int)n;
  }
  return n == sizeof bytes && number_of(bytes) == number ? 0 : SKT_EIO;
}

static int send_batch(skt *s, const skt_addr *peer, unsigned long first,
                      unsigned long count) {
  static unsigned char bytes[BATCH * BYTES];
  static skt_message m[BATCH];
  size_t sent = 0;
  for (unsigned long i = 0; i < count; ++i) {
    fill(bytes + i * BYTES, first + i);
    m[i] = (skt_message){.data = bytes + i * BYTES,
                         .n = BYTES,
                         .use = SKT_HAS_CLASS,
                         .traffic_class = mark_of(first + i),
                         .peer = *peer};
  }
  int rc = skt_send(s, m, count, &sent);
  if (rc == 0 && sent != count) {
    return SKT_EIO;
  }
  return rc < 0 ? rc : confirmed(s, first + count);
}

static int send_all(skt *s, const char *where, unsigned long count,
                    bool trains) {
  skt_addr peer;
  int rc = skt_addr_parse(&peer, where);
  rc = rc < 0 ? rc : skt_socket(s, skt_addr_domain(&peer), SKT_DATAGRAM, 0);
  rc = rc < 0 ? rc : skt_set_limit(s, SKT_BOTH, PATIENCE_MS);
  if (rc == 0 && !trains) {
    rc = skt_set_option(s, SKT_OPT_SEND_TRAINS, 0);
  }
  for (unsigned long i = 0; rc == 0 && i < count; i += BATCH) {
    rc = send_batch(s, &peer, i, count - i < BATCH ? count - i : BATCH);
  }
  return rc;
}

/*
 * Receive
 */

static void look_at(verdict *v, const skt_message *m) {
  unsigned char want[BYTES];
  unsigned long number = v->received++;
  fill(want, number);
  v->ordered +=
      m->n >= 4 && number_of((const unsigned char *)m->data) == number;
  v->whole += m->n == BYTES && !m->cut && memcmp(m->data, want, BYTES) == 0;
  if ((m->has & SKT_HAS_CLASS) == 0) {
    ++v->absent;
  } else if (m->traffic_class == mark_of(number)) {
    ++v->right;
  } else {
    ++v->wrong;
  }
}

static int confirm(skt *s, const verdict *v, const skt_addr *peer) {
  unsigned char bytes[4];
  for (int i = 0; i < 4; ++i) {
    bytes[i] = (unsigned char)(v->received >> (24 - 8 * i));
  }
  ptrdiff_t n = skt_send_to(s, bytes, sizeof bytes, peer);
  return n < 0 ? (int)n : 0;
}

static int receive_all(skt *s, unsigned long count, verdict *v) {
  static char bytes[ROOM * 4];
  static skt_message m[BATCH];
  int rc = 0;
  while (rc == 0 && v->received < count) {
    int n = skt_receive(s, bytes, sizeof bytes, m, BATCH);
    ++v->calls;
    for (int i = 0; i < n && rc == 0; ++i) {
      skt_message one;
      while (skt_next(&m[i], &one)) {
        look_at(v, &one);
      }
      if (v->received % BATCH == 0 || v->received == count) {
        rc = confirm(s, v, &one.peer);
      }
    }
    rc = n < 0 ? n : rc;
  }
  return rc;
}

static int receive(skt *s, const char *where, unsigned long count) {
  verdict v = {0};
  char text[SKT_ADDR_TEXT_MAX];
  skt_addr here;
  int rc = udp_at(s, where, true);
  rc = rc < 0 ? rc : skt_set_option(s, SKT_OPT_RECEIVE_CLASS, 1);
  rc = rc < 0 ? rc : skt_set_limit(s, SKT_BOTH, PATIENCE_MS);
  rc = rc < 0 ? rc : skt_local(s, &here);
  rc = rc < 0 ? rc : skt_addr_format(&here, text, sizeof text);
  if (rc < 0) {
    return rc;
  }
  fprintf(stderr, "marked: listening on %s\n", text);
  rc = receive_all(s, count, &v);
  printf(
      "%lu in %lu calls: %lu in order, %lu whole, marks: %lu right, "
      "%lu wrong, %lu absent\n",
      v.received, v.calls, v.ordered, v.whole, v.right, v.wrong, v.absent);
  return rc == 0 && (v.ordered < count || v.whole < count) ? SKT_EIO : rc;
}

int main(int argc, char **argv) {
  skt s = SKT_NONE;
  unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
  int rc;
  if (count == 0) {
    fprintf(stderr, "usage: marked receive|send ADDRESS COUNT [no-trains]\n");
    return 2;
  }
  if (strcmp(argv[1], "receive") == 0) {
    rc = receive(&s, argv[2], count);
  } else {
    rc = send_all(&s, argv[2], count, argc == 4);
  }
  skt_close(&s);
  if (rc < 0) {
    fprintf(stderr, "marked: %s: %s\n", argv[1], skt_strerror(rc));
  }
  return rc < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
