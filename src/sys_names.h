/* SPDX-License-Identifier: MIT */
#ifndef SKT_SYS_NAMES_H
#define SKT_SYS_NAMES_H

/*
 * The seam: the system's resolver, and threads that wait for it. Not a part of
 * sys.h: only src/names includes it, so that a program without names links
 * neither resolver nor threads. The rules of sys.h hold, but for memory.
 */
#include "sys.h"

enum { SKT__NAME_ROOM = 1026 }; /* NI_MAXHOST is 1,025 */

/* One question to the resolver, and its outcome. */
typedef struct skt__lookup {
  skt_addr about; /* whose name to find, IPv4 or IPv6; or none: */
  int domain;     /* find addresses of SKT_IPV4, SKT_IPV6 or, with 0, both, */
  char name[SKT__NAME_ROOM]; /* for this name of ASCII; or receives it */
  int rc;                    /* the outcome: 0 or a code */
  int native;                /* the system's number of a failure */
  void *list;                /* the system's addresses; NULL if it has none */
  void *rest;                /* those that were not taken yet */
} skt__lookup;

/* Ask the system, however long it takes. Fills in the outcome; rc is one of
 *   SKT_ENONAME, SKT_ENOADDRESS, SKT_ETRYAGAIN, SKT_ENAMEFAIL, SKT_EMFILE,
 *   SKT_ENFILE, SKT_ENOBUFS, SKT_ENOMEM */
void skt__sys_lookup(skt__lookup *l);

/* Take the next address: 1, or 0 if there is none left. One that is none of
 * skt's becomes no address. */
int skt__sys_lookup_next(skt__lookup *l, skt_addr *out);

/* Free the list. */
void skt__sys_lookup_free(skt__lookup *l);

/* Keep a number for skt__sys_native_error of the calling thread. */
void skt__sys_keep_native(int native);

/* A look-up in a thread of its own. The block belongs to the thread and to the
 * caller; the last one to leave frees it (skt__helper_leave). A backend's own
 * block begins with this one. */
typedef struct skt__helper {
  skt__lookup lookup;
  uint32_t owners; /* bits of enum skt__owner */
} skt__helper;

enum skt__owner { SKT__CALLER = 1, SKT__THREAD = 2, SKT__ABANDONED = 4 };

/* Start a thread that makes a copy of the look-up, marks it as done and leaves
 * the block. The thread is detached and takes no signals, and its code stays
 * loaded. Allocates the block; owners are 0.
 *   wakeable  whether skt__sys_helper_wait will be given a waker
 * Returns 0, SKT_ENOMEM, SKT_ENOBUFS, SKT_EMFILE or SKT_ENFILE. */
int skt__sys_helper_start(skt__helper **out, const skt__lookup *question,
                          bool wakeable);

/* Wait until the look-up is done or the waker is readable. May return early.
 *   waker       SKT__NO_HANDLE unless the helper is wakeable
 *   timeout_ms  -1 for ever
 * Returns SKT__DONE, SKT_WOKEN, both, 0 or a code. */
int skt__sys_helper_wait(skt__helper *h, skt__os_handle waker, int timeout_ms);
enum { SKT__DONE = 1 };

/* Let the look-up end early where the system can do that. */
void skt__sys_helper_give_up(skt__helper *h);

/* Free the block, without its list. */
void skt__sys_helper_free(skt__helper *h);

/* For backends: the thread has marked the look-up as done and leaves. */
void skt__helper_leave(skt__helper *h);

/* The code of each number of the resolver. The last row's code is 0. */
extern const skt__code_row skt__sys_name_codes[];

/* The code of a number of the resolver; SKT_ENAMEFAIL if it has no row. */
static inline int skt__name_code(int native) {
  const skt__code_row *row = skt__sys_name_codes;
  while (row->code != 0 && row->native != native) {
    ++row;
  }
  return row->code != 0 ? row->code : SKT_ENAMEFAIL;
}

#endif
