/* SPDX-License-Identifier: MIT */
/* The echo loop over libev. */
#include "loop_peers.h"

#include <ev.h>

static void on_client(struct ev_loop *loop, ev_io *client, int events) {
  (void)events;
  if (!serve(client->fd)) {
    ev_io_stop(loop, client);
    close(client->fd);
    free(client);
    if (--clients == 0) {
      ev_break(loop, EVBREAK_ALL);
    }
  }
}

static void on_listener(struct ev_loop *loop, ev_io *listener, int events) {
  int s = take(listener->fd);
  (void)events;
  if (s >= 0) {
    ev_io *client = malloc(sizeof *client);
    ev_io_init(client, on_client, s, EV_READ);
    ev_io_start(loop, client);
  }
}

int main(int argc, char **argv) {
  struct ev_loop *loop = ev_default_loop(0);
  ev_io listener;
  ev_io_init(&listener, on_listener, listen_and_tell(argc, argv), EV_READ);
  ev_io_start(loop, &listener);
  ev_run(loop, 0);
  return 0;
}
