/* SPDX-License-Identifier: MIT */
#ifndef SKT_CONTROL_H
#define SKT_CONTROL_H

/* Control data: what travels with a message beside its bytes. */
#include "internal.h"

/* Take what n bytes of control data say of a message: its members from `has` to
 * `local`. Returns a train's segment, or 0. Any bytes are safe. */
size_t skt__control_read(const void *control, size_t n, skt_message *m);

/* Write what m->use chooses, and a train's segment unless it is 0, into
 * SKT__CHOICE_ROOM bytes, aligned. Returns how many bytes, or SKT_EINVAL for a
 * number out of range, SKT_EOPNOTSUPP for what the system cannot choose.
 *   domain  of the peer
 *   mapped  it is an IPv4 peer of an IPv6 socket */
ptrdiff_t skt__control_write(void *control, const skt_message *m, int domain,
                             bool mapped, size_t segment);

#endif
