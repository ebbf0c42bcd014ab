/* SPDX-License-Identifier: MIT */
/* Headers of datagrams, and what their receiver counts. */
#include "flood.h"

#include <string.h>

/*
 * In network byte order
 */

void number_write(unsigned char *bytes, uint64_t number) {
  for (int i = 7; i >= 0; --i) {
    bytes[i] = (unsigned char)number;
    number >>= 8;
  }
}

uint64_t number_read(const unsigned char *bytes) {
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) {
    number = number << 8 | bytes[i];
  }
  return number;
}

/* "skf", the kind, then the run: the first of three numbers. */
enum { MARK = 0x736b66 };

void header_write(unsigned char *bytes, const header *h) {
  number_write(bytes, (uint64_t)MARK << 40 | (uint64_t)h->kind << 32 | h->run);
  number_write(bytes + 8, h->number);
  number_write(bytes + 16, h->time);
}

bool header_read(const void *data, size_t n, header *h) {
  const unsigned char *bytes = (const unsigned char *)data;
  if (n < HEADER_BYTES) {
    return false;
  }
  uint64_t first = number_read(bytes);
  h->kind = (int)(first >> 32 & 0xff);
  h->run = (uint32_t)first;
  h->number = number_read(bytes + 8);
  h->time = number_read(bytes + 16);
  return first >> 40 == MARK;
}

/*
 * Counts
 */

static uint64_t bit_of(uint64_t number) { return (uint64_t)1 << number % 64; }

static uint64_t *word_of(counts *c, uint64_t number) {
  return &c->seen[number % RECENT / 64];
}

/* Note a number higher than all so far; those between have not come yet. */
static void go_up_to(counts *c, uint64_t number) {
  if (number - c->next >= RECENT) {
    memset(c->seen, 0, sizeof c->seen);
  } else {
    for (uint64_t i = c->next; i < number; ++i) {
      *word_of(c, i) &= ~bit_of(i);
    }
  }
  *word_of(c, number) |= bit_of(number);
  c->next = number + 1;
}

/* Note a number below the highest. Returns false for a duplicate. A datagram
 * that is very late is taken for the first of its number. */
static bool come_late(counts *c, uint64_t number) {
  if (c->next - number <= RECENT) {
    if ((*word_of(c, number) & bit_of(number)) != 0) {
      ++c->duplicates;
      return false;
    }
    *word_of(c, number) |= bit_of(number);
  }
  ++c->reordered;
  return true;
}

static void smooth_jitter(counts *c, double transit) {
  double change = transit - c->transit;
  if (c->received > 1) {
    c->jitter += ((change < 0 ? -change : change) - c->jitter) / 16;
  }
  c->transit = transit;
}

void counts_take(counts *c, const header *h, size_t n, double now) {
  if (h->number >= c->next) {
    go_up_to(c, h->number);
  } else if (!come_late(c, h->number)) {
    return;
  }
  if (c->received == 0) {
    c->first = now;
  }
  c->last = now;
  c->bytes += n;
  ++c->received;
  smooth_jitter(c, now - (double)h->time / 1e6);
}

/*
 * Results: seven numbers
 */

void result_take(result *r, const counts *c) {
  r->received = c->received;
  r->bytes = c->bytes;
  r->reordered = c->reordered;
  r->duplicates = c->duplicates;
  r->calls = c->calls;
  r->jitter = c->jitter;
  r->seconds = c->last - c->first;
}

static uint64_t nanoseconds(double seconds) {
  return seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1e9) : 0;
}

void result_write(unsigned char *bytes, const result *r) {
  const uint64_t numbers[] = {r->received,
                              r->bytes,
                              r->reordered,
                              r->duplicates,
                              r->calls,
                              nanoseconds(r->jitter),
                              nanoseconds(r->seconds)};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
    number_write(bytes + 8 * i, numbers[i]);
  }
}

void result_read(const unsigned char *bytes, result *r) {
  r->received = number_read(bytes);
  r->bytes = number_read(bytes + 8);
  r->reordered = number_read(bytes + 16);
  r->duplicates = number_read(bytes + 24);
  r->calls = number_read(bytes + 32);
  r->jitter = (double)number_read(bytes + 40) / 1e9;
  r->seconds = (double)number_read(bytes + 48) / 1e9;
}
