/* SPDX-License-Identifier: MIT */
/* The program of all consumers, C and C++: it connects to itself, sends a line,
 * and prints "ok" if the line arrives. */
#include <skt.h>

#include <stdio.h>
#include <string.h>

static int connect_to_itself(skt *listener, skt *client, skt *server) {
  skt_addr here;
  int rc = skt_addr_parse(&here, "127.0.0.1:0");
  if (rc < 0 || (rc = skt_socket(listener, SKT_IPV4, SKT_STREAM, 0)) < 0 ||
      (rc = skt_bind(listener, &here, 0)) < 0 ||
      (rc = skt_listen(listener, 0)) < 0 ||
      (rc = skt_local(listener, &here)) < 0 ||
      (rc = skt_socket(client, SKT_IPV4, SKT_STREAM, 0)) < 0 ||
      (rc = skt_connect(client, &here)) < 0) {
    return rc;
  }
  return skt_accept(listener, server, NULL, 0);
}

int main(void) {
  const char line[] = "hello\n";
  char heard[sizeof line] = "";
  skt listener = SKT_NONE, client = SKT_NONE, server = SKT_NONE;
  int rc = connect_to_itself(&listener, &client, &server);
  if (rc == 0) {
    rc = skt_write_all(&client, line, sizeof line, NULL);
  }
  if (rc == 0) {
    rc = skt_read_all(&server, heard, sizeof heard, NULL);
  }
  skt_close(&server);
  skt_close(&client);
  skt_close(&listener);
  if (rc < 0 || strcmp(heard, line) != 0) {
    printf("the line did not arrive: %s\n", skt_strerror(rc));
    return 1;
  }
  printf("ok\n");
  return 0;
}
