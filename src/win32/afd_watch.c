/* SPDX-License-Identifier: MIT */
/* The sockets of a poller, see afd_watch.h. */
#include "afd_watch.h"

#include <stdlib.h>

enum {
  PENDING = 1,   /* its completion will come */
  QUEUED = 2,    /* to be asked about by the next wait */
  REMOVED = 4,   /* in no table; freed when neither of the above */
  CANCELLED = 8, /* by skt_cancel */
  ASKED = 16,    /* times what is pending asks for, SKT_BOTH at most */
  GROUP_SIZE = 32,
  FIRST_CHAINS = 16 /* a power of 2 */
};

int skt__core_create(skt__core *c) {
  c->last = &c->first;
  c->chain_count = FIRST_CHAINS;
  c->chains = calloc(FIRST_CHAINS, sizeof(skt__watch *));
  return c->chains == NULL ? SKT_ENOMEM : 0;
}

void skt__core_free(skt__core *c) {
  for (uint32_t i = 0; i < c->group_count; ++i) {
    CloseHandle(c->groups[i].afd);
  }
  free(c->groups);
  free(c->chains);
}

static skt__watch **chain_of(const skt__core *c, SOCKET s) {
  return &c->chains[s / 4 & (c->chain_count - 1)]; /* handles count by 4 */
}

/* Where it is linked, or would be. */
static skt__watch **link_of(const skt__core *c, SOCKET s) {
  skt__watch **link = chain_of(c, s);
  while (*link != NULL && (*link)->s != s) {
    link = &(*link)->next;
  }
  return link;
}

skt__watch *skt__watch_find(const skt__core *c, SOCKET s) {
  return *link_of(c, s);
}

/* If there is no memory for more chains, they grow. */
static void double_chains(skt__core *c) {
  skt__core more = {.chain_count = 2 * c->chain_count};
  more.chains = calloc(more.chain_count, sizeof(skt__watch *));
  if (more.chains == NULL) {
    return;
  }
  for (size_t i = 0; i < c->chain_count; ++i) {
    for (skt__watch *w = c->chains[i], *next; w != NULL; w = next) {
      skt__watch **chain = chain_of(&more, w->s);
      next = w->next;
      w->next = *chain;
      *chain = w;
    }
  }
  free(c->chains);
  c->chains = more.chains;
  c->chain_count = more.chain_count;
}

static int add_group(skt__core *c) {
  if (c->group_count == UINT16_MAX) {
    return SKT_ENOBUFS;
  }
  skt__group *groups =
      realloc(c->groups, (c->group_count + 1) * sizeof *c->groups);
  if (groups == NULL) {
    return SKT_ENOMEM;
  }
  c->groups = groups;
  groups[c->group_count].used = 0;
  int rc = skt__afd_open(&groups[c->group_count].afd, c->port);
  if (rc == 0) {
    ++c->group_count;
  }
  return rc;
}

static int enter_group(skt__core *c, uint16_t *out) {
  while (c->roomy < c->group_count && c->groups[c->roomy].used == GROUP_SIZE) {
    ++c->roomy;
  }
  int rc = c->roomy < c->group_count ? 0 : add_group(c);
  if (rc == 0) {
    ++c->groups[c->roomy].used;
    *out = c->roomy;
  }
  return rc;
}

int skt__watch_add(skt__core *c, skt__watch *w) {
  if (skt__watch_find(c, w->s) != NULL) {
    return SKT_EEXIST;
  }
  int rc = enter_group(c, &w->group);
  if (rc < 0) {
    return rc;
  }
  if (++c->watches > 2 * c->chain_count) {
    double_chains(c);
  }
  *link_of(c, w->s) = w;
  return 0;
}

static void free_if_idle(skt__core *c, skt__watch *w) {
  if (w->flags & (PENDING | QUEUED)) {
    return;
  }
  --c->removed;
  --c->groups[w->group].used;
  c->roomy = w->group < c->roomy ? w->group : c->roomy;
  free(w);
}

static void end_request(skt__core *c, skt__watch *w) {
  skt__afd_end(c->groups[w->group].afd, &w->request);
}

void skt__watch_remove(skt__core *c, skt__watch *w) {
  *link_of(c, w->s) = w->next;
  --c->watches;
  ++c->removed;
  w->flags |= REMOVED;
  if ((w->flags & PENDING) != 0) {
    end_request(c, w);
  }
  free_if_idle(c, w);
}

/* What is pending and asks too little is ended, and begun anew when that
 * completes. The driver does not see that skt_cancel has ended a listener. */
static int begin_request(skt__core *c, skt__watch *w) {
  int wanted = w->events & SKT_BOTH;
  if (wanted == 0) {
    return 0;
  }
  if ((w->flags & PENDING) != 0) {
    int asked = w->flags / ASKED;
    if ((wanted & ~asked) != 0) {
      end_request(c, w);
    }
    return 0;
  }
  int rc = (w->flags & CANCELLED) != 0
               ? skt__afd_post(c->port, &w->request.io)
               : skt__afd_begin(c->groups[w->group].afd, &w->request, w->base,
                                wanted);
  if (rc == 0) {
    w->flags = (uint8_t)(w->flags % ASKED | PENDING | wanted * ASKED);
    w->asked_in = c->waits;
  }
  return rc;
}

/* A socket that was closed behind our back leaves, and is no error. */
static int ask_or_remove(skt__core *c, skt__watch *w) {
  int rc = begin_request(c, w);
  if (rc == SKT_ENOTSOCK) {
    skt__watch_remove(c, w);
    rc = 0;
  }
  return rc;
}

static void enqueue(skt__core *c, skt__watch *w) {
  if ((w->flags & QUEUED) == 0) {
    w->flags |= QUEUED;
    w->queued = NULL;
    *c->last = w;
    c->last = &w->queued;
  }
}

void skt__watch_ask(skt__core *c, skt__watch *w) {
  if (!c->waiting || ask_or_remove(c, w) < 0) {
    enqueue(c, w);
  }
}

static void leave_queue(skt__core *c, skt__watch **link) {
  skt__watch *w = *link;
  /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): QUEUED keeps w from free */
  *link = w->queued;
  if (*link == NULL) {
    c->last = link;
  }
  w->flags &= (uint8_t)~QUEUED;
  if ((w->flags & REMOVED) != 0) {
    free_if_idle(c, w);
  }
}

int skt__watch_ask_queued(skt__core *c) {
  while (c->first != NULL) {
    bool removed = (c->first->flags & REMOVED) != 0;
    int rc = removed ? 0 : ask_or_remove(c, c->first);
    if (rc < 0) {
      return rc;
    }
    leave_queue(c, &c->first);
  }
  return 0;
}

void skt__core_tidy(skt__core *c) {
  for (skt__watch **link = &c->first; *link != NULL;) {
    if (((*link)->flags & REMOVED) != 0) {
      leave_queue(c, link);
    } else {
      link = &(*link)->queued;
    }
  }
}

void skt__watch_cancel(skt__core *c, skt__watch *w) {
  if ((w->flags & CANCELLED) == 0) {
    /* Whatever is pending asks too little now. */
    w->flags = (uint8_t)(w->flags % ASKED | CANCELLED);
    skt__watch_ask(c, w);
  }
}

int skt__watch_doubt(const skt__core *c, const skt__watch *w) {
  if (w->asked_in == c->waits || (w->flags & (REMOVED | CANCELLED)) != 0) {
    return 0;
  }
  int told = skt__afd_told(&w->request);
  return (told & ~SKT_BOTH) != 0 ? 0 : told & w->events;
}

static int told_by(const skt__watch *w) {
  return (w->flags & CANCELLED) != 0 ? SKT__FAILED : skt__afd_told(&w->request);
}

bool skt__watch_complete(skt__core *c, skt__watch *w, skt_event *e) {
  w->flags &= (uint8_t)~PENDING;
  if ((w->flags & REMOVED) != 0) {
    free_if_idle(c, w);
    return false;
  }
  int told = told_by(w), wanted = w->events & SKT_BOTH;
  if ((told & SKT__CLOSED) != 0) {
    skt__watch_remove(c, w);
    return false;
  }
  told = (told & SKT__FAILED) != 0 && wanted != 0 ? SKT_BOTH : told & wanted;
  if (told == 0) { /* it was ended, or asked for more than is wanted now */
    skt__watch_ask(c, w);
    return false;
  }
  *e = (skt_event){.user = w->user, .events = told};
  if ((w->events & SKT_ONESHOT) != 0) {
    w->events = 0;
  } else {
    enqueue(c, w);
  }
  return true;
}

void skt__watch_drop(skt__core *c, skt__watch *w) {
  w->flags &= (uint8_t)~PENDING;
  if ((w->flags & REMOVED) != 0) {
    free_if_idle(c, w);
  } else {
    skt__watch_ask(c, w);
  }
}
