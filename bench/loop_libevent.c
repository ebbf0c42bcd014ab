/* SPDX-License-Identifier: MIT */
/* The echo loop over libevent: its plain events, the fastest of its ways. */
#include "loop_peers.h"

#include <event2/event.h>

static struct event_base *base;

static void on_client(evutil_socket_t s, short what, void *event) {
  (void)what;
  if (!serve(s)) {
    event_free(*(struct event **)event);
    free(event);
    close(s);
    if (--clients == 0) {
      event_base_loopbreak(base);
    }
  }
}

static void on_listener(evutil_socket_t listener, short what, void *nothing) {
  int s = take(listener);
  (void)what, (void)nothing;
  if (s >= 0) {
    struct event **event = malloc(sizeof *event);
    *event = event_new(base, s, EV_READ | EV_PERSIST, on_client, event);
    event_add(*event, NULL);
  }
}

int main(int argc, char **argv) {
  base = event_base_new();
  struct event *listener = event_new(base, listen_and_tell(argc, argv),
                                     EV_READ | EV_PERSIST, on_listener, NULL);
  event_add(listener, NULL);
  return event_base_dispatch(base) < 0;
}
