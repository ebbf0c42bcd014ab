/* SPDX-License-Identifier: MIT */
#ifndef SKT_NAMES_H
#define SKT_NAMES_H

/* What the sources of names share. */
#include "../address.h"
#include "../retry.h"
#include "../sys_names.h"

/* What a text is. */
enum {
  SKT__ADDRESS = 1, /* numbers or a unix path: skt_addr_parse reads it */
  SKT__LOCALHOST,   /* "localhost" or a name under it */
  SKT__NAME,        /* another name */
  SKT__EVERY        /* ":80": every address of this host */
};

/* The host of a text: where it is, and its length. For numbers in brackets what
 * stands in them, for a unix path all of the text. */
typedef struct skt__text {
  int kind;
  const char *host;
  size_t length;
  int port; /* -1 for a unix path */
} skt__text;

/* Read a text, without looking up anything, an interface neither. Returns 0,
 * SKT_EINVAL, SKT_ENAMETOOLONG or, for a unix path, what skt_addr_parse
 * returns. */
int skt__text_read(skt__text *t, const char *text);

/* Whether these bytes are a name: SKT__LOCALHOST, SKT__NAME, or a code. */
int skt__name_kind(const char *name, size_t length);

/* skt_resolve without the checks of arguments, until a moment of
 * skt__sys_now_us.
 *   deadline_us  from skt__deadline; no thread is used if it is for ever and
 *                waker is NULL
 * Returns how many addresses, 1 or more, or a code. */
int skt__resolve(const char *text, int domain, skt_addr *out, size_t capacity,
                 int64_t deadline_us, skt_waker *waker);

/* Look up, in a thread if the time is limited or a waker is given; the outcome
 * is in *l, and skt_native_error's number is kept. The caller frees the list if
 * the result is 0. Returns l->rc, or SKT_ETIMEDOUT, SKT_ECANCELED, SKT_EUSERS
 * or what skt__sys_helper_start returns. */
int skt__look_up(skt__lookup *l, int64_t deadline_us, skt_waker *waker);

/* How many addresses of a name are tried at most. */
enum { SKT__DIAL_MAX = 40 };

/* The order in which to try addresses, as indices: the families alternate, and
 * each keeps its own order (RFC 8305 4). count is up to SKT__DIAL_MAX. */
void skt__dial_order(uint8_t *order, const skt_addr *a, size_t count);

/* How much a failure to connect tells; the more, the higher. */
int skt__dial_rank(int code);

/* Whether a code is a lack of descriptors or memory. */
bool skt__is_lack(int code);

#endif
