/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_MESSAGE_H
#define SKT_SYS_MESSAGE_H

/* The seam: messages with control data, several in a call. Included by sys.h,
 * whose rules hold. */

#include "sys_option.h"

/* Control data, aligned for its heads. In its longest form, with every option
 * on, Linux delivers 176 bytes; skt sends at most four items. */
enum { SKT__CONTROL_ROOM = 256, SKT__CHOICE_ROOM = 128 };
typedef struct skt__control {
  size_t n;
  bool cut; /* there was more of it */
  union {
    size_t align;
    char bytes[SKT__CONTROL_ROOM];
  } data;
} skt__control;

/* What one call sends: a datagram, or a train.
 *   peer     NULL on a connected socket
 *   pieces   1 to SKT__VECTOR_MAX, SKT__IO_MAX bytes or less together
 *   control  control_n bytes, aligned; control_n may be 0 */
typedef struct skt__packet {
  const skt_addr *peer;
  const skt_buffer *pieces;
  size_t count;
  void *control;
  size_t control_n;
} skt__packet;

/* The most of one call; their arrays are on the stack. */
enum { SKT__PACKETS_MAX = 64, SKT__PLACES_MAX = 64 };

/* Send up to `count` packets, 1 or more. Returns how many have gone, 1 or more,
 * or the code of the first. */
ptrdiff_t skt__sys_send_packets(skt__os_handle s, const skt__packet *p,
                                size_t count);

/* Where messages go that are received: to equal parts of a buffer, up to the
 * number of messages.
 *   control  one for each, which receives its data; NULL if there is none */
typedef struct skt__places {
  char *buffer;
  size_t part;
  bool with_peer; /* it is wanted */
  skt__control *control;
} skt__places;

/* Receive up to `count` messages, 1 or more, and wait for the first if the
 * socket blocks, unless `now`. Sets of each message data, n, cut, size (0 if it
 * is not known), and the peer as skt__sys_receive_from does, its length 0 if it
 * is not wanted. Returns how many, 1 or more. */
ptrdiff_t skt__sys_receive_messages(skt__os_handle s, const skt__places *p,
                                    skt_message *m, size_t count, bool now);

/* An item of control data; the last row's `what` is 0. skt reads items by level
 * and type, and writes the first row of what it has to choose. */
typedef struct skt__control_row {
  int what;   /* SKT_HAS_..., or one of the below */
  int domain; /* of the peer, or 0 */
  int level, type;
  /* Of an item to send: its bytes; 0 if it is only received. */
  uint8_t size;
  /* Where an address item has this side's address, the interface's index, and
   * the address to send from. */
  uint8_t address_at, index_at, source_at;
} skt__control_row;
enum {
  SKT__NOWHERE = 0xff,           /* the item has no such part */
  SKT__HAS_SEGMENT = 0x0100,     /* a train's */
  SKT__HAS_MICROSECONDS = 0x0200 /* the time, in the form of a timeval */
};
extern const skt__control_row skt__sys_controls[];

/* The option whose presence says that a socket can send trains; `option` is 0
 * where none can. */
extern const skt__option_row skt__sys_train_option;

#endif
