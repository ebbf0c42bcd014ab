/* SPDX-License-Identifier: MIT */
/* A plugin that has skt inside. */
#include <skt.h>

#include <string.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

EXPORT int plugin_run(void);

/* Connect to itself, send a line, and see it come by a poller. */
static int talk(skt *listener, skt *client, skt *server, skt_poller *p) {
  char line[6] = "";
  skt_addr here;
  skt_event event;
  int rc = skt_addr_parse(&here, "127.0.0.1:0");
  if (rc < 0 || (rc = skt_socket(listener, SKT_IPV4, SKT_STREAM, 0)) < 0 ||
      (rc = skt_bind(listener, &here, 0)) < 0 ||
      (rc = skt_listen(listener, 0)) < 0 ||
      (rc = skt_local(listener, &here)) < 0 ||
      (rc = skt_socket(client, SKT_IPV4, SKT_STREAM, 0)) < 0 ||
      (rc = skt_connect(client, &here)) < 0 ||
      (rc = skt_accept(listener, server, NULL, 0)) < 0 ||
      (rc = skt_poller_create(p)) < 0 ||
      (rc = skt_poller_add(p, server, SKT_READ, server)) < 0 ||
      (rc = skt_write_all(client, "hello", 6, NULL)) < 0 ||
      (rc = skt_poller_wait(p, &event, 1, 10000)) < 0 ||
      (rc = skt_read_all(server, line, 6, NULL)) < 0) {
    return rc;
  }
  return strcmp(line, "hello") == 0 ? 0 : SKT_EPROTO;
}

/* An error, whose number skt keeps for this thread. */
static int fail(skt *listener) {
  skt s = SKT_NONE;
  skt_addr here;
  int rc = skt_local(listener, &here);
  if (rc == 0) {
    rc = skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
  }
  if (rc == 0) {
    rc = skt_bind(&s, &here, 0);
  }
  skt_close(&s);
  return rc == SKT_EADDRINUSE && skt_native_error() != 0 ? 0 : SKT_EPROTO;
}

int plugin_run(void) {
  skt listener = SKT_NONE, client = SKT_NONE, server = SKT_NONE;
  skt_poller p = SKT_NONE;
  int rc = talk(&listener, &client, &server, &p);
  if (rc == 0) {
    rc = fail(&listener);
  }
  skt_poller_destroy(&p);
  skt_abort(&server);
  skt_close(&client);
  skt_close(&listener);
  return rc;
}
