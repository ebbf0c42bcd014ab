/* SPDX-License-Identifier: MIT */
/* Pollers over poll, where the system has nothing better. The siblings are
 * poller_epoll.c, poller_kqueue.c and win32/poller_afd.c. */
#include "../sys.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How a socket is watched; found by its descriptor. */
typedef struct slot {
  void *user;
  uint8_t events;
  bool watched;
  bool fresh; /* poll was not asked since: what it tells is outdated */
} slot;

typedef struct poll_set {
  struct poll_set *next;
  slot *slots;
  size_t slot_count;
  struct pollfd *asked; /* of the thread that waits, by descriptor */
  size_t asked_count, asked_room;
  int turn; /* the descriptor that is told first */
  int waits, wakes;
  bool changed; /* the slots, since poll was asked */
  bool asking;  /* a thread is in poll, or about to be */
  bool woken;   /* waits is readable, or about to be */
} poll_set;

/* For all that is above but `asked`. Held for the length of a system call at
 * most, never while poll waits. */
static pthread_mutex_t sets_lock = PTHREAD_MUTEX_INITIALIZER;
static poll_set *sets;

static poll_set *set_of(const skt_poller *p) { return (poll_set *)p->handle; }

/* What was written already is not written again. */
static int wake_set(poll_set *set) {
  int rc = set->woken ? 0 : skt__sys_waker_write(set->wakes);
  set->woken = rc == 0;
  return rc;
}

static void replace(poll_set *set, int s, slot by) {
  set->slots[s] = by;
  set->changed = true;
  if (set->asking) {
    wake_set(set);
  }
}

static bool has(const poll_set *set, int s) {
  return (size_t)s < set->slot_count && set->slots[s].watched;
}

static int make_room_for(poll_set *set, int s) {
  size_t count = set->slot_count > 0 ? set->slot_count : 64;
  while (count <= (size_t)s) {
    count *= 2;
  }
  if (count == set->slot_count) {
    return 0;
  }
  slot *slots = realloc(set->slots, count * sizeof *slots);
  if (slots == NULL) {
    return SKT_ENOMEM;
  }
  memset(slots + set->slot_count, 0, (count - set->slot_count) * sizeof *slots);
  set->slots = slots;
  set->slot_count = count;
  return 0;
}

/* A closed descriptor is looked for, because poll would tell it late. */
static int change(poll_set *set, int s, bool watched, slot by) {
  if (fcntl(s, F_GETFD) < 0) {
    return skt__fail();
  }
  pthread_mutex_lock(&sets_lock);
  int rc = has(set, s) == watched ? 0 : watched ? SKT_ENOENT : SKT_EEXIST;
  rc = rc < 0 ? rc : make_room_for(set, s);
  if (rc == 0) {
    replace(set, s, by);
  }
  pthread_mutex_unlock(&sets_lock);
  return rc;
}

static void free_set(poll_set *set) {
  close(set->waits);
  if (set->wakes != set->waits) {
    close(set->wakes);
  }
  free(set->slots);
  free(set->asked);
  free(set);
}

int skt__sys_poller_create(skt_poller *p) {
  poll_set *set = calloc(1, sizeof *set);
  if (set == NULL) {
    return SKT_ENOMEM;
  }
  int rc = skt__sys_waker_create(&set->waits, &set->wakes);
  if (rc < 0) {
    free(set);
    return rc;
  }
  /* The waker is watched as sockets are, so that it takes turns with them. */
  rc = change(set, set->waits, false,
              (slot){.events = SKT_READ, .watched = true, .fresh = true});
  if (rc < 0) {
    free_set(set);
    return rc;
  }
  p->handle = (uintptr_t)set;
  pthread_mutex_lock(&sets_lock);
  set->next = sets;
  sets = set;
  pthread_mutex_unlock(&sets_lock);
  return 0;
}

void skt__sys_poller_destroy(skt_poller *p) {
  poll_set *set = set_of(p);
  pthread_mutex_lock(&sets_lock);
  poll_set **link = &sets;
  while (*link != set) {
    link = &(*link)->next;
  }
  *link = set->next;
  pthread_mutex_unlock(&sets_lock);
  free_set(set);
}

static slot watched_for(int events, void *user) {
  return (slot){user, (uint8_t)events, true, true};
}

int skt__sys_poller_add(skt_poller *p, int s, int events, void *user) {
  return change(set_of(p), s, false, watched_for(events, user));
}

int skt__sys_poller_modify(skt_poller *p, int s, int events, void *user) {
  return change(set_of(p), s, true, watched_for(events, user));
}

int skt__sys_poller_remove(skt_poller *p, int s) {
  return change(set_of(p), s, true, (slot){.watched = false});
}

/* What poll is to be asked. It would tell errors of a socket that is watched
 * for nothing, so that one is left out. */
static int ask_anew(poll_set *set) {
  if (set->asked_room < set->slot_count) {
    struct pollfd *asked =
        realloc(set->asked, set->slot_count * sizeof *set->asked);
    if (asked == NULL) {
      return SKT_ENOMEM;
    }
    set->asked = asked;
    set->asked_room = set->slot_count;
  }
  set->asked_count = 0;
  for (size_t s = 0; s < set->slot_count; ++s) {
    set->slots[s].fresh = false;
    if ((set->slots[s].events & SKT_BOTH) != 0) {
      struct pollfd *a = &set->asked[set->asked_count++];
      *a = (struct pollfd){.fd = (int)s};
      a->events |= (set->slots[s].events & SKT_READ) != 0 ? POLLIN : 0;
      a->events |= (set->slots[s].events & SKT_WRITE) != 0 ? POLLOUT : 0;
    }
  }
  set->changed = false;
  return 0;
}

static int events_told(int native) {
  return (native & (POLLERR | POLLHUP)) != 0
             ? SKT_BOTH
             : ((native & POLLIN) != 0 ? SKT_READ : 0) |
                   ((native & POLLOUT) != 0 ? SKT_WRITE : 0);
}

/* Whether there is an event of a descriptor of which poll told something; a
 * wake that was made for a change is none. */
static bool take_event(skt_poller *p, poll_set *set, const struct pollfd *a,
                       skt_event *out) {
  slot *watched = &set->slots[a->fd];
  if (!watched->watched || watched->fresh) {
    return false;
  }
  if (a->fd == set->waits) {
    skt__sys_waker_drain(set->waits);
    set->woken = false;
    *out = (skt_event){.events = SKT_WOKEN};
    return SKT__TAKE(&p->pending);
  }
  if ((a->revents & POLLNVAL) != 0) { /* closed behind our back */
    replace(set, a->fd, (slot){.watched = false});
    return false;
  }
  *out = (skt_event){.user = watched->user, .events = events_told(a->revents)};
  if ((watched->events & SKT_ONESHOT) != 0) {
    watched->events = 0;
    set->changed = true;
  }
  return true;
}

/* Goes on after the last one told, so that all have their turn. */
static int take_events(skt_poller *p, poll_set *set, int ready,
                       skt_event *events, size_t capacity) {
  size_t first = 0, n = 0;
  while (first < set->asked_count && set->asked[first].fd < set->turn) {
    ++first;
  }
  for (size_t i = 0; i < set->asked_count && ready > 0 && n < capacity; ++i) {
    const struct pollfd *a = &set->asked[(first + i) % set->asked_count];
    ready -= a->revents != 0;
    if (a->revents != 0 && take_event(p, set, a, &events[n])) {
      set->turn = a->fd + 1;
      ++n;
    }
  }
  return (int)n;
}

int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  poll_set *set = set_of(p);
  pthread_mutex_lock(&sets_lock);
  int rc = set->changed ? ask_anew(set) : 0;
  set->asking = rc == 0;
  pthread_mutex_unlock(&sets_lock);
  if (rc < 0) {
    return rc;
  }
  rc = poll(set->asked, (nfds_t)set->asked_count, timeout_ms);
  rc = rc < 0 ? skt__fail_in(SKT__IN_WAIT) : rc;
  pthread_mutex_lock(&sets_lock);
  set->asking = false;
  rc = rc > 0 ? take_events(p, set, rc, events, capacity) : rc;
  pthread_mutex_unlock(&sets_lock);
  return rc;
}

int skt__sys_poller_wake(skt_poller *p) {
  pthread_mutex_lock(&sets_lock);
  int rc = wake_set(set_of(p));
  pthread_mutex_unlock(&sets_lock);
  return rc;
}

/* The number may soon be another's. */
void skt__sys_poller_closing(int s) {
  pthread_mutex_lock(&sets_lock);
  for (poll_set *set = sets; set != NULL; set = set->next) {
    if (has(set, s)) {
      replace(set, s, (slot){.watched = false});
    }
  }
  pthread_mutex_unlock(&sets_lock);
}

void skt__sys_poller_cancelled(int s) { (void)s; }
