/* SPDX-License-Identifier: MIT */
/* The bytes that travel with a socket: "skt", the version, then in the host's
 * order the kind, the state of both directions and the limits. */
#include "handover.h"

static const unsigned char frame_mark[4] = {'s', 'k', 't', 1};

typedef struct frame_part {
  uint32_t kind;
  int16_t reading, writing;
  int32_t limits[2];
} frame_part;
_Static_assert(sizeof(frame_part) + sizeof frame_mark == SKT__FRAME,
               "no padding");

void skt__frame_write(const skt *s, const int limits[2], unsigned char *frame) {
  frame_part part = {.kind = s->kind,
                     .reading = SKT__LOAD(&s->reading),
                     .writing = SKT__LOAD(&s->writing),
                     .limits = {limits[0], limits[1]}};
  memcpy(frame, frame_mark, sizeof frame_mark);
  memcpy(frame + sizeof frame_mark, &part, sizeof part);
}

/* A state of a direction: one of internal.h's, or a code. */
static bool is_direction(int value) {
  return value >= -4095 && value <= SKT__TRAINS && value != SKT_ECANCELED;
}

static bool is_kind(uint32_t kind) {
  int domain = (int)kind & SKT_DOMAINS, type = (int)kind & SKT_TYPES;
  int state = (int)kind & SKT_STATES;
  return kind <= UINT16_MAX && domain >= SKT_IPV4 && domain <= SKT_UNIX &&
         type >= SKT_STREAM && type < SKT_PACKET && state <= SKT_FAILED &&
         state != SKT_CONNECTING;
}

int skt__frame_read(const unsigned char *frame, skt *s, int limits[2]) {
  frame_part part;
  memcpy(&part, frame + sizeof frame_mark, sizeof part);
  if (memcmp(frame, frame_mark, sizeof frame_mark) != 0 ||
      !is_kind(part.kind) || !is_direction(part.reading) ||
      !is_direction(part.writing) || part.limits[0] < -1 ||
      part.limits[1] < -1) {
    return SKT_EPROTO;
  }
  *s = (skt){.kind = (uint16_t)part.kind,
             .reading = part.reading,
             .writing = part.writing};
  limits[0] = part.limits[0];
  limits[1] = part.limits[1];
  return 0;
}
