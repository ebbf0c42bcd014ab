/* SPDX-License-Identifier: MIT */
/* The echo loop over libuv: its polls, the fastest of its ways. */
#include "loop_peers.h"

#include <uv.h>

static void forget(uv_handle_t *client) {
  free(client);
  if (--clients == 0) {
    uv_stop(uv_default_loop());
  }
}

static void on_client(uv_poll_t *client, int status, int events) {
  int s = (int)(intptr_t)client->data;
  if (status < 0 || (events & UV_READABLE) == 0 || !serve(s)) {
    uv_poll_stop(client);
    close(s);
    uv_close((uv_handle_t *)client, forget);
  }
}

static void on_listener(uv_poll_t *listener, int status, int events) {
  int s = take((int)(intptr_t)listener->data);
  if (s >= 0 && status == 0 && (events & UV_READABLE) != 0) {
    uv_poll_t *client = malloc(sizeof *client);
    uv_poll_init(listener->loop, client, s);
    client->data = (void *)(intptr_t)s;
    uv_poll_start(client, UV_READABLE, on_client);
  }
}

int main(int argc, char **argv) {
  uv_poll_t listener;
  int s = listen_and_tell(argc, argv);
  uv_poll_init(uv_default_loop(), &listener, s);
  listener.data = (void *)(intptr_t)s;
  uv_poll_start(&listener, UV_READABLE, on_listener);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);
  return 0;
}
