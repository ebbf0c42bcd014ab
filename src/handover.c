/* SPDX-License-Identifier: MIT */
/* A socket goes from one process to another, over a channel between them. */
#include "handover.h"
#include "retry.h"

#include <limits.h>

/* A conversation that has begun waits for the other side also where the channel
 * is non-blocking, but not for ever. */
enum { HANDOVER_PATIENCE_MS = 5000 };

static const unsigned char reply_mark[4] = {'S', 'K', 'T', 1};

static int check_channel(const skt *channel) {
  int rc = skt__check(channel);
  if (rc < 0) {
    return rc;
  }
  if (skt__cancelled(channel)) {
    return SKT_ECANCELED;
  }
  if (skt__type(channel) != SKT_STREAM ||
      (skt__system.ticket_size == 0 && skt__domain(channel) != SKT_UNIX)) {
    return SKT_EOPNOTSUPP;
  }
  return skt__state(channel) == SKT_CONNECTED ? 0 : SKT_ENOTCONN;
}

static int check_direction(const int16_t *end, int when_shut) {
  int state = SKT__LOAD(end);
  return state < 0 || state == SKT__OPEN ? (state < 0 ? state : 0) : when_shut;
}

/* A step of a conversation: n bytes in one direction, with `handed` or for *got
 * if these are not NULL. */
typedef struct transfer {
  skt__attempt t;
  unsigned char *bytes;
  size_t n, done;
  const skt__os_handle *handed;
  skt__os_handle *got;
  int wrong;
} transfer;

static ptrdiff_t transfer_part(transfer *x) {
  skt__os_handle channel = skt__handle(x->t.s), got = SKT__NO_HANDLE;
  unsigned char *at = x->bytes + x->done;
  size_t left = x->n - x->done;
  if (x->t.direction == SKT_WRITE) {
    return x->handed != NULL && x->done == 0
               ? skt__sys_send_with(channel, at, left, *x->handed)
               : skt__sys_write(channel, at, left);
  }
  ptrdiff_t rc = skt__sys_receive_with(channel, at, left, &got, &x->wrong);
  if (got != SKT__NO_HANDLE) {
    if (x->got != NULL && *x->got == SKT__NO_HANDLE) {
      *x->got = got;
    } else {
      (void)skt__sys_close(got);
      x->wrong = SKT_EPROTO;
    }
  }
  return rc;
}

/* Transfer all, or up to an error; the end of the stream is SKT_ENODATA.
 *   begun  the conversation has begun before */
static int transfer_all(transfer *x, bool begun) {
  while (x->done < x->n) {
    ptrdiff_t rc = transfer_part(x);
    if (rc > 0) {
      x->done += (size_t)rc;
    } else if (rc == 0) {
      return SKT_ENODATA;
    } else if (rc == SKT_EAGAIN && (begun || x->done > 0) &&
               !skt__is_blocking(x->t.s)) {
      int ready = skt__wait(x->t.s, x->t.direction,
                            skt__deadline(HANDOVER_PATIENCE_MS));
      if (ready <= 0) {
        return ready == 0 ? SKT_ETIMEDOUT : ready;
      }
    } else if (!skt__try_again(&x->t, &rc)) {
      return (int)rc;
    }
  }
  return x->wrong;
}

static int send_bytes(skt *channel, void *bytes, size_t n,
                      const skt__os_handle *handed, bool begun) {
  transfer x = {.t = skt__begin(channel, SKT_WRITE),
                .bytes = bytes,
                .n = n,
                .handed = handed};
  return transfer_all(&x, begun);
}

static int receive_bytes(skt *channel, void *bytes, size_t n,
                         skt__os_handle *got, bool begun) {
  transfer x = {
      .t = skt__begin(channel, SKT_READ), .bytes = bytes, .n = n, .got = got};
  return transfer_all(&x, begun);
}

/* What the system refuses in a process's number or in a ticket is what the
 * other side has sent; a lack of resources or of permission is not. */
static int of_the_others(int code) {
  switch (code) {
  case 0:
  case SKT_EACCES:
  case SKT_EMFILE:
  case SKT_ENFILE:
  case SKT_ENOBUFS:
  case SKT_ENOMEM:
    return code;
  default:
    return SKT_EPROTO;
  }
}

/* The second half where a ticket is needed: the receiver says who it is. The
 * handle is made as late as possible, because no one can close it if its ticket
 * does not arrive. */
static int send_ticket(skt *channel, const skt *s) {
  unsigned char reply[SKT__REPLY], ticket[SKT__TICKET];
  uint32_t process;
  int rc = receive_bytes(channel, reply, sizeof reply, NULL, true);
  if (rc < 0) {
    return rc;
  }
  if (memcmp(reply, reply_mark, sizeof reply_mark) != 0) {
    return SKT_EPROTO;
  }
  memcpy(&process, reply + sizeof reply_mark, sizeof process);
  rc = of_the_others(skt__sys_make_ticket(skt__handle(s), process, ticket));
  return rc < 0 ? rc : send_bytes(channel, ticket, sizeof ticket, NULL, true);
}

static int receive_ticket(skt *channel, skt__os_handle *got) {
  unsigned char reply[SKT__REPLY], ticket[SKT__TICKET];
  uint32_t process = skt__sys_process();
  memcpy(reply, reply_mark, sizeof reply_mark);
  memcpy(reply + sizeof reply_mark, &process, sizeof process);
  int rc = send_bytes(channel, reply, sizeof reply, NULL, true);
  if (rc == 0) {
    rc = receive_bytes(channel, ticket, sizeof ticket, NULL, true);
  }
  return rc < 0 ? rc : of_the_others(skt__sys_take_ticket(ticket, got));
}

int skt_send_socket(skt *channel, const skt *s) {
  unsigned char frame[SKT__FRAME];
  int limits[2];
  int rc = check_channel(channel);
  if (rc < 0) {
    return rc;
  }
  rc = channel == s ? SKT_EINVAL : skt__check(s);
  if (rc < 0) {
    return rc;
  }
  if (skt__cancelled(s)) {
    return SKT_ECANCELED;
  }
  if (skt__connecting(s)) {
    return SKT_EALREADY;
  }
  rc = check_direction(&channel->writing, SKT_EPIPE);
  if (rc < 0) {
    return rc;
  }
  (void)skt_limit(s, SKT_READ, &limits[0]);
  (void)skt_limit(s, SKT_WRITE, &limits[1]);
  skt__frame_write(s, limits, frame);
  skt__os_handle handed = skt__handle(s);
  rc = send_bytes(channel, frame, sizeof frame, &handed, false);
  return rc == 0 && skt__system.ticket_size > 0 ? send_ticket(channel, s) : rc;
}

/* What arrived has the kind that its frame says, and is in that mode. A ticket
 * that was forged names any handle of this process: what is no socket is not
 * ours to close. */
static int prove(const skt *s, const int limits[2], skt__os_handle *got) {
  skt__os_handle handle = *got;
  int kind = skt__sys_kind(handle);
  if (kind < 0 && skt__system.ticket_size > 0) {
    *got = SKT__NO_HANDLE;
  }
  if (kind != (s->kind & (SKT_DOMAINS | SKT_TYPES))) {
    return SKT_EPROTO;
  }
  if (skt__system.handles_share_mode) {
    return 0;
  }
  int rc = skt__sys_set_blocking(
      handle, skt__is_blocking(s) && !skt__enforces_limits(s));
  if (rc == 0 && skt__has_limit(s)) {
    rc = skt__sys_set_limit(handle, SKT_READ, limits[0]);
    rc = rc < 0 ? rc : skt__sys_set_limit(handle, SKT_WRITE, limits[1]);
  }
  return rc;
}

int skt_receive_socket(skt *channel, skt *out) {
  unsigned char frame[SKT__FRAME];
  skt__os_handle got = SKT__NO_HANDLE;
  skt arrived;
  int limits[2];
  if (out == NULL) {
    return SKT_EFAULT;
  }
  int rc = channel == out ? SKT_EINVAL : check_channel(channel);
  if (channel != out) {
    *out = (skt){.kind = 0};
  }
  rc = rc < 0 ? rc : check_direction(&channel->reading, SKT_ENODATA);
  if (rc < 0) {
    return rc;
  }
  rc = receive_bytes(channel, frame, sizeof frame, &got, false);
  if (rc == 0) {
    rc = skt__frame_read(frame, &arrived, limits);
  }
  if (rc == 0 && skt__system.ticket_size > 0) {
    rc = receive_ticket(channel, &got);
  }
  if (rc == 0) {
    arrived.handle = (uintptr_t)got;
    rc = got == SKT__NO_HANDLE ? SKT_EPROTO : prove(&arrived, limits, &got);
  }
  if (rc < 0) {
    if (got != SKT__NO_HANDLE) {
      (void)skt__sys_close(got);
    }
    return rc;
  }
  *out = arrived;
  return 0;
}
