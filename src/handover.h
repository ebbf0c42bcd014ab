/* SPDX-License-Identifier: MIT */
#ifndef SKT_HANDOVER_H
#define SKT_HANDOVER_H

/* What one process sends another with a socket. */
#include "internal.h"

enum { SKT__FRAME = 20, SKT__REPLY = 8 };

/* A socket's state as bytes, and back: SKT_EPROTO if they are none. What the
 * bytes claim of the handle has yet to be proved. */
void skt__frame_write(const skt *s, const int limits[2], unsigned char *frame);
int skt__frame_read(const unsigned char *frame, skt *s, int limits[2]);

#endif
