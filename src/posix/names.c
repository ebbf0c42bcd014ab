/* SPDX-License-Identifier: MIT */
/* The system's resolver, and threads that wait for it. The twin is
 * win32/names.c. */
#include "../sys_names.h"
#include "names_error.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* Not AI_ADDRCONFIG: systems differ in which addresses count, and without a
 * network even localhost is lost. A type, so that each address comes once. */
static int ask_for_addresses(skt__lookup *l) {
  struct addrinfo hints = {
      .ai_family = l->domain != 0 ? skt__native_family(l->domain) : AF_UNSPEC,
      .ai_socktype = SOCK_STREAM};
  struct addrinfo *list = NULL;
  int number = getaddrinfo(l->name, NULL, &hints, &list);
  l->list = l->rest = number == 0 ? list : NULL;
  return number;
}

static int ask_for_name(skt__lookup *l) {
  return getnameinfo((const struct sockaddr *)l->about.words,
                     (socklen_t)l->about.length, l->name, sizeof l->name, NULL,
                     0, NI_NAMEREQD);
}

void skt__sys_lookup(skt__lookup *l) {
  errno = 0;
  int number = l->about.length > 0 ? ask_for_name(l) : ask_for_addresses(l);
  if (number != 0) {
    l->rc = skt__name_failure(number, &l->native);
  }
}

int skt__sys_lookup_next(skt__lookup *l, skt_addr *out) {
  const struct addrinfo *a = l->rest;
  if (a == NULL) {
    return 0;
  }
  l->rest = a->ai_next;
  (void)skt__addr_set(out, a->ai_addr, (size_t)a->ai_addrlen);
  return 1;
}

void skt__sys_lookup_free(skt__lookup *l) {
  if (l->list != NULL) { /* the BSDs' freeaddrinfo takes no NULL */
    freeaddrinfo(l->list);
  }
  l->list = l->rest = NULL;
}

void skt__sys_keep_native(int native) {
  errno = native;
  (void)skt__code_of_errno(0);
}

typedef struct helper {
  skt__helper shared;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  bool done;
  int read_end, write_end; /* instead of the two above, if there is a waker */
} helper;

/* The flag orders what the threads do to the block, where a descriptor alone
 * wakes the one that waits. */
static void mark_done(helper *h) {
  if (h->write_end >= 0) {
    SKT__STORE(&h->done, true);
    (void)skt__sys_waker_write(h->write_end);
    return;
  }
  pthread_mutex_lock(&h->lock);
  h->done = true;
  pthread_cond_signal(&h->changed);
  pthread_mutex_unlock(&h->lock);
}

static void *work(void *block) {
  helper *h = block;
  skt__sys_lookup(&h->shared.lookup);
  mark_done(h);
  skt__helper_leave(&h->shared);
  return NULL;
}

/* A plugin may be unloaded while the thread is still in its code, which from
 * here on stays (dlopen(3), RTLD_NODELETE). Of the program itself there is
 * nothing to keep. */
static void stay_loaded(void) {
#ifdef RTLD_NODELETE
  static uint32_t open = 1; /* until the first thread */
  Dl_info own;
  if (SKT__CLAIM(&open) && dladdr(&open, &own) != 0 && own.dli_fname != NULL) {
    (void)dlopen(own.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE);
  }
#endif
}

/* glibc takes thread-local variables from the stack, and its resolver 11 KiB;
 * name-service modules more. The default is 8 MiB in glibc, 128 KiB in musl. */
static int set_attributes(pthread_attr_t *a) {
  size_t size = (size_t)256 * 1024 + (size_t)PTHREAD_STACK_MIN;
  int number = pthread_attr_setdetachstate(a, PTHREAD_CREATE_DETACHED);
  return number == 0 ? pthread_attr_setstacksize(a, size) : number;
}

/* The thread is born with all signals blocked: the program's handlers run in
 * the program's threads. */
static int start_thread(helper *h) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  int number = pthread_attr_init(&attributes);
  if (number != 0) {
    return number;
  }
  number = set_attributes(&attributes);
  if (number == 0) {
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    number = pthread_create(&thread, &attributes, work, h);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attributes);
  return number;
}

/* A condition variable over a clock that nothing sets. macOS cannot choose the
 * clock, but can wait for a span (Darwin pthread.h). */
#if defined _POSIX_CLOCK_SELECTION && _POSIX_CLOCK_SELECTION > 0
static int init_condition(pthread_cond_t *c) {
  pthread_condattr_t a;
  int number = pthread_condattr_init(&a);
  if (number == 0) {
    number = pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    number = number == 0 ? pthread_cond_init(c, &a) : number;
    pthread_condattr_destroy(&a);
  }
  return number;
}

static void wait_for_change(helper *h, int timeout_ms) {
  struct timespec until;
  clock_gettime(CLOCK_MONOTONIC, &until);
  until.tv_sec += timeout_ms / 1000;
  until.tv_nsec += timeout_ms % 1000 * 1000000L;
  if (until.tv_nsec >= 1000000000) {
    until.tv_nsec -= 1000000000;
    ++until.tv_sec;
  }
  (void)pthread_cond_timedwait(&h->changed, &h->lock, &until);
}
#else
static int init_condition(pthread_cond_t *c) {
  return pthread_cond_init(c, NULL);
}

static void wait_for_change(helper *h, int timeout_ms) {
  struct timespec span = {.tv_sec = timeout_ms / 1000,
                          .tv_nsec = timeout_ms % 1000 * 1000000L};
  (void)pthread_cond_timedwait_relative_np(&h->changed, &h->lock, &span);
}
#endif

/* A descriptor is needed only where a waker is waited for too. */
static int init_helper(helper *h, bool wakeable) {
  h->read_end = h->write_end = -1;
  if (wakeable) {
    return skt__sys_waker_create(&h->read_end, &h->write_end);
  }
  int number = pthread_mutex_init(&h->lock, NULL);
  if (number == 0) {
    number = init_condition(&h->changed);
    if (number != 0) {
      pthread_mutex_destroy(&h->lock);
    }
  }
  return number == 0 ? 0 : SKT_ENOMEM;
}

int skt__sys_helper_start(skt__helper **out, const skt__lookup *question,
                          bool wakeable) {
  helper *h = calloc(1, sizeof *h);
  int rc = h == NULL ? SKT_ENOMEM : init_helper(h, wakeable);
  if (rc < 0) {
    free(h);
    return rc;
  }
  h->shared.lookup = *question;
  h->shared.owners = SKT__CALLER | SKT__THREAD;
  *out = &h->shared;
  stay_loaded();
  int number = start_thread(h);
  if (number != 0) { /* EAGAIN: no more threads */
    skt__sys_helper_free(&h->shared);
    skt__sys_keep_native(number);
    return SKT_ENOMEM;
  }
  return 0;
}

static int wait_for_both(helper *h, int waker, int timeout_ms) {
  skt__wait_item items[2] = {{h->read_end, SKT_READ, 0}, {waker, SKT_READ, 0}};
  uintptr_t room[3 * SKT__WAIT_ROOM / sizeof(uintptr_t)];
  int rc = skt__sys_wait(items, 2, room, timeout_ms);
  if (rc == SKT_ENOBUFS) {
    rc = skt__sys_wait_unlimited(items, 2, room, timeout_ms);
  }
  if (rc <= 0) {
    return rc;
  }
  rc = items[1].got != 0 ? SKT_WOKEN : 0;
  if (items[0].got != 0 && SKT__LOAD(&h->done)) {
    rc |= SKT__DONE;
  }
  return rc;
}

int skt__sys_helper_wait(skt__helper *shared, int waker, int timeout_ms) {
  helper *h = (helper *)shared;
  if (waker >= 0) {
    return wait_for_both(h, waker, timeout_ms);
  }
  pthread_mutex_lock(&h->lock);
  if (!h->done) {
    wait_for_change(h, timeout_ms);
  }
  bool done = h->done;
  pthread_mutex_unlock(&h->lock);
  return done ? SKT__DONE : 0;
}

/* Neither getaddrinfo nor its thread can be stopped: pthread_cancel leaks and
 * hangs there (curl 18532, 18540). */
void skt__sys_helper_give_up(skt__helper *h) { (void)h; }

void skt__sys_helper_free(skt__helper *shared) {
  helper *h = (helper *)shared;
  if (h->write_end < 0) {
    pthread_cond_destroy(&h->changed);
    pthread_mutex_destroy(&h->lock);
  } else {
    skt__sys_close(h->read_end);
    if (h->read_end != h->write_end) {
      skt__sys_close(h->write_end);
    }
  }
  free(h);
}
