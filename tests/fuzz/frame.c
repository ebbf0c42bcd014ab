/* SPDX-License-Identifier: MIT */
/* A target of libFuzzer, run by ci/run/fuzz.sh: the reader of the bytes of a
 * hand-over. What it takes is a socket's kind and state, and comes back from
 * the writer; a socket that is made of it can be asked and closed. */
#include "skt.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool truth) {
  if (!truth) {
    abort();
  }
}

static void check_taken(skt *s, const int limits[2], const uint8_t *frame) {
  unsigned char again[SKT__FRAME];
  int limit_ms, kind = skt_kind(s), type = kind & SKT_TYPES;
  char byte;
  must(kind > 0 && (kind & SKT_DOMAINS) >= SKT_IPV4);
  must((kind & SKT_DOMAINS) <= SKT_UNIX);
  must(type >= SKT_STREAM && type < SKT_PACKET);
  must((kind & SKT_STATES) != SKT_CONNECTING);
  must(limits[0] >= -1 && limits[1] >= -1);
  must(s->calls == 0);
  skt__frame_write(s, limits, again);
  must(memcmp(again, frame, sizeof again) == 0);
  s->handle = (uintptr_t)SKT__NO_HANDLE;
  (void)skt_limit(s, SKT_READ, &limit_ms);
  (void)skt_blocking(s);
  s->kind |= SKT_NONBLOCK;
  must(skt_read(s, &byte, 1) <= 0);
  (void)skt_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  unsigned char *frame = malloc(SKT__FRAME);
  skt s;
  int limits[2];
  if (frame != NULL && n >= SKT__FRAME) {
    memcpy(frame, data, SKT__FRAME);
    int rc = skt__frame_read(frame, &s, limits);
    must(rc == 0 || rc == SKT_EPROTO);
    if (rc == 0) {
      check_taken(&s, limits, frame);
    }
  }
  free(frame);
  return 0;
}
