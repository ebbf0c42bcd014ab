/* SPDX-License-Identifier: MIT */
#ifndef SKT_MESSAGE_PLAN_H
#define SKT_MESSAGE_PLAN_H

/* What the next call of skt_send takes. */
#include "internal.h"

/* More pieces in a plan are seldom, and so are IPv4 peers of an IPv6 socket. */
enum { SKT__PLAN_PIECES = 128, SKT__PLAN_MAPPED = 16 };

/* A call of skt_send: where it is. */
typedef struct skt__sender {
  skt *s;
  const skt_message *messages;
  size_t count;
  size_t at;     /* the message of the next datagram */
  size_t offset; /* of that datagram in the message, which is a train */
  size_t done;   /* datagrams that have gone */
  int domain;    /* of the peer of a connected socket */
  bool trains;   /* may be made */
  bool simple;   /* no trains, and peers are IPv4's; see plan_simple */
} skt__sender;

/* The messages of one call. */
typedef struct skt__plan {
  size_t n, pieces, mapped;
  size_t at, offset; /* what the sender's are when all have gone */
  size_t all;        /* datagrams */
  int stop; /* why there is no further packet: a code, or 0 for the room */
  skt__packet packets[SKT__PACKETS_MAX];
  uint16_t datagrams[SKT__PACKETS_MAX];
  skt_buffer piece[SKT__PLAN_PIECES];
  skt_addr address[SKT__PLAN_MAPPED];
  union {
    size_t align;
    char bytes[SKT__CHOICE_ROOM];
  } control[SKT__PACKETS_MAX];
} skt__plan;

/* The checks of one message that need no system. */
int skt__check_message(const skt *s, const skt_message *m);

/* Plan the packets of one call, from where the sender is. */
void skt__plan_call(const skt__sender *t, skt__plan *p);

/* Move the sender on by the first packets of a plan, which have gone. */
void skt__plan_went(skt__sender *t, const skt__plan *p, size_t packets);

#endif
