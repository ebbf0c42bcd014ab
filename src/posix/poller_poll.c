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

/* How a socket is watched; the index is its descriptor. */
typedef struct slot {
  void *user;
  uint8_t events;
  bool watched;
  bool stale; /* changed since `polled` was filled: ignore poll's report */
} slot;

typedef struct poll_set {
  struct poll_set *next;
  slot *slots;
  size_t slot_count;
  struct pollfd *polled; /* by descriptor; only for the thread that waits */
  size_t polled_count, polled_capacity;
  int first_fd; /* the next report begins here, so that all get a turn */
  int read_end, write_end; /* of the waker */
  bool changed;            /* the slots, since `polled` was filled */
  bool polling;            /* a thread is in poll, or about to be */
  bool signalled;          /* read_end is readable */
  bool wake_pending;       /* by skt__sys_poller_wake, and not reported */
} poll_set;

/* For the list and for all members but `polled`. No thread holds it while poll
 * blocks. */
static pthread_mutex_t sets_lock = PTHREAD_MUTEX_INITIALIZER;
static poll_set *sets;

static poll_set *set_of(const skt_poller *p) { return (poll_set *)p->handle; }

static int signal_waker(poll_set *set) {
  int rc = set->signalled ? 0 : skt__sys_waker_write(set->write_end);
  set->signalled = rc == 0;
  return rc;
}

static void replace(poll_set *set, int s, slot by) {
  set->slots[s] = by;
  set->changed = true;
  if (set->polling) {
    signal_waker(set);
  }
}

static bool is_watched(const poll_set *set, int s) {
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

static int change_locked(poll_set *set, int s, bool watched, slot by) {
  if (is_watched(set, s) != watched) {
    return watched ? SKT_ENOENT : SKT_EEXIST;
  }
  int rc = make_room_for(set, s);
  if (rc == 0) {
    replace(set, s, by);
  }
  return rc;
}

/* `watched` says whether the socket must be watched already. A closed
 * descriptor fails here, because poll would report it only in the next wait. */
static int change(poll_set *set, int s, bool watched, slot by) {
  if (fcntl(s, F_GETFD) < 0) {
    return skt__fail_in(SKT__IN_WATCH);
  }
  pthread_mutex_lock(&sets_lock);
  int rc = change_locked(set, s, watched, by);
  pthread_mutex_unlock(&sets_lock);
  return rc;
}

static void free_set(poll_set *set) {
  close(set->read_end);
  if (set->write_end != set->read_end) {
    close(set->write_end);
  }
  free(set->slots);
  free(set->polled);
  free(set);
}

int skt__sys_poller_create(skt_poller *p) {
  poll_set *set = calloc(1, sizeof *set);
  if (set == NULL) {
    return SKT_ENOMEM;
  }
  int rc = skt__sys_waker_create(&set->read_end, &set->write_end);
  if (rc < 0) {
    free(set);
    return rc;
  }
  /* The waker has a slot as sockets have, so that it takes turns with them. */
  rc = change(set, set->read_end, false,
              (slot){.events = SKT_READ, .watched = true, .stale = true});
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

static int grow_polled(poll_set *set) {
  if (set->polled_capacity >= set->slot_count) {
    return 0;
  }
  struct pollfd *polled =
      realloc(set->polled, set->slot_count * sizeof *set->polled);
  if (polled == NULL) {
    return SKT_ENOMEM;
  }
  set->polled = polled;
  set->polled_capacity = set->slot_count;
  return 0;
}

/* poll would report errors of a socket that is watched for no event, so that
 * such a socket is left out. */
static int fill_polled(poll_set *set) {
  int rc = grow_polled(set);
  if (rc < 0) {
    return rc;
  }
  set->polled_count = 0;
  for (size_t s = 0; s < set->slot_count; ++s) {
    set->slots[s].stale = false;
    if ((set->slots[s].events & SKT_BOTH) != 0) {
      struct pollfd *a = &set->polled[set->polled_count++];
      *a = (struct pollfd){.fd = (int)s};
      a->events |= (set->slots[s].events & SKT_READ) != 0 ? POLLIN : 0;
      a->events |= (set->slots[s].events & SKT_WRITE) != 0 ? POLLOUT : 0;
    }
  }
  set->changed = false;
  return 0;
}

/* POLLHUP of two sides that have finished is no error, but alone it is. */
static int events_of(int native) {
  int events = (native & POLLIN) != 0 ? SKT_READ : 0;
  events |= (native & POLLOUT) != 0 ? SKT_WRITE : 0;
  bool hung_up = (native & POLLHUP) != 0 && events == 0;
  return hung_up || (native & POLLERR) != 0 ? SKT_BOTH : events;
}

/* The waker is signalled for a wake, for changed slots, or for both. Only a
 * wake is an event. */
static bool take_wake(poll_set *set, skt_event *out) {
  skt__sys_waker_drain(set->read_end);
  set->signalled = false;
  if (!set->wake_pending) {
    return false;
  }
  set->wake_pending = false;
  *out = (skt_event){.events = SKT_WOKEN};
  return true;
}

/* Translate the report of one descriptor; returns whether it is an event. */
static bool take_event(poll_set *set, const struct pollfd *a, skt_event *out) {
  slot *watched = &set->slots[a->fd];
  if (!watched->watched || watched->stale) {
    return false;
  }
  if (a->fd == set->read_end) {
    return take_wake(set, out);
  }
  if ((a->revents & POLLNVAL) != 0) { /* closed, and not by skt */
    replace(set, a->fd, (slot){.watched = false});
    return false;
  }
  *out = (skt_event){.user = watched->user, .events = events_of(a->revents)};
  if ((watched->events & SKT_ONESHOT) != 0) {
    watched->events = 0;
    set->changed = true;
  }
  return true;
}

static int take_events(poll_set *set, int ready, skt_event *events,
                       size_t capacity) {
  size_t first = 0, n = 0;
  int woke = 0;
  while (first < set->polled_count && set->polled[first].fd < set->first_fd) {
    ++first;
  }
  for (size_t i = 0; i < set->polled_count && ready > 0 && n < capacity; ++i) {
    const struct pollfd *a = &set->polled[(first + i) % set->polled_count];
    ready -= a->revents != 0;
    if (a->revents != 0 && take_event(set, a, &events[n])) {
      set->first_fd = a->fd + 1;
      woke |= a->fd == set->read_end ? SKT__WOKE : 0;
      ++n;
    }
  }
  return (int)n | woke;
}

int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  poll_set *set = set_of(p);
  pthread_mutex_lock(&sets_lock);
  int rc = set->changed ? fill_polled(set) : 0;
  set->polling = rc == 0;
  pthread_mutex_unlock(&sets_lock);
  if (rc < 0) {
    return rc;
  }
  rc = skt__poll(set->polled, set->polled_count, timeout_ms);
  pthread_mutex_lock(&sets_lock);
  set->polling = false;
  rc = rc > 0 ? take_events(set, rc, events, capacity) : rc;
  pthread_mutex_unlock(&sets_lock);
  return rc;
}

int skt__sys_poller_wake(skt_poller *p) {
  poll_set *set = set_of(p);
  pthread_mutex_lock(&sets_lock);
  int rc = signal_waker(set);
  set->wake_pending = rc == 0;
  pthread_mutex_unlock(&sets_lock);
  return rc;
}

/* The kernel may give the descriptor to the next socket. */
void skt__sys_poller_closing(int s) {
  pthread_mutex_lock(&sets_lock);
  for (poll_set *set = sets; set != NULL; set = set->next) {
    if (is_watched(set, s)) {
      replace(set, s, (slot){.watched = false});
    }
  }
  pthread_mutex_unlock(&sets_lock);
}

/* poll reports the shutdown by itself. */
void skt__sys_poller_cancelled(int s) { (void)s; }
