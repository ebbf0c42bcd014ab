/* SPDX-License-Identifier: MIT */
/*
 * A TCP server that sends back what it gets:
 * socket, bind, listen, accept, read, write, close.
 *
 *   echo_server ADDRESS [CLIENTS]
 *
 *   ADDRESS  where to listen: 127.0.0.1:7000 or [::1]:7000; port 0 lets the
 *            system choose one
 *   CLIENTS  how many to serve, one after another; for ever if absent
 *
 * Exit code: 0 all served, 1 something failed, 2 wrong arguments.
 *
 * A client that waits for its turn waits as long as the client before it likes.
 * While the system has no room for another socket, the server pauses.
 */
#include <skt.h>

#include <stdio.h>
#include <stdlib.h>

static unsigned long long number_of(const skt *s) {
  return (unsigned long long)skt_native(s);
}

static int start_listening(skt *listener, const skt_addr *address) {
  int rc = skt_socket(listener, skt_addr_domain(address), SKT_STREAM, 0);
  if (rc == 0) {
    rc = skt_bind(listener, address, 0);
  }
  if (rc == 0) {
    rc = skt_listen(listener, 0);
  }
  return rc;
}

/* The port may have been chosen by the system, so ask the socket for it. */
static void print_listener(const skt *listener) {
  skt_addr local;
  char text[SKT_ADDR_TEXT_MAX] = "";
  skt_local(listener, &local);
  skt_addr_format(&local, text, sizeof text);
  printf("listening on %s (socket %llu)\n", text, number_of(listener));
  fflush(stdout);
}

static void print_client(long number, const skt *listener, const skt *client,
                         const skt_addr *peer) {
  char text[SKT_ADDR_TEXT_MAX] = "";
  skt_addr_format(peer, text, sizeof text);
  printf("client %ld: listener socket %llu, accepted socket %llu, peer %s\n",
         number, number_of(listener), number_of(client), text);
  fflush(stdout);
}

/* Echo until the client has finished. *total counts the bytes. */
static int echo(skt *client, unsigned long long *total) {
  char buffer[65536];
  for (;;) {
    ptrdiff_t n = skt_read(client, buffer, sizeof buffer);
    if (n <= 0) {
      return (int)n;
    }
    int rc = skt_write_all(client, buffer, (size_t)n, NULL);
    if (rc < 0) {
      return rc;
    }
    *total += (unsigned long long)n;
  }
}

/* Returns whether the client got everything back. */
static bool serve(skt *client, long number) {
  unsigned long long total = 0;
  int rc = echo(client, &total);
  skt_close(client);
  if (rc < 0) {
    fprintf(stderr, "client %ld was lost after %llu bytes: %s\n", number, total,
            skt_strerror(rc));
    return false;
  }
  printf("client %ld: %llu bytes echoed\n", number, total);
  fflush(stdout);
  return true;
}

static bool is_out_of_room(int code) {
  return code == SKT_EMFILE || code == SKT_ENFILE || code == SKT_ENOBUFS ||
         code == SKT_ENOMEM;
}

/* Accept a client. Without room for it the connection stays in the queue: retry
 * each second. */
static int accept_client(skt *listener, skt *client, skt_addr *peer) {
  int rc;
  while ((rc = skt_accept(listener, client, peer, 0)) < 0) {
    fprintf(stderr, "cannot accept a client: %s\n", skt_strerror(rc));
    if (!is_out_of_room(rc)) {
      return rc;
    }
    skt_poll(NULL, 0, 1000, NULL);
  }
  return 0;
}

/* One client after another; 0 clients means for ever. */
static bool serve_all(skt *listener, long clients) {
  bool all_served = true;
  for (long number = 1; clients == 0 || number <= clients; ++number) {
    skt client = SKT_NONE;
    skt_addr peer;
    if (accept_client(listener, &client, &peer) < 0) {
      return false;
    }
    print_client(number, listener, &client, &peer);
    all_served = serve(&client, number) && all_served;
  }
  return all_served;
}

static int run(const char *text, long clients) {
  skt listener = SKT_NONE;
  skt_addr address;
  int rc = skt_addr_parse(&address, text);
  if (rc < 0) {
    fprintf(stderr, "cannot read the address %s: %s\n", text,
            rc == SKT_EINVAL ? "it should look like 127.0.0.1:7000 or [::1]:0"
                             : skt_strerror(rc));
    return EXIT_FAILURE;
  }
  rc = start_listening(&listener, &address);
  if (rc < 0) {
    fprintf(stderr, "cannot listen on %s: %s\n", text, skt_strerror(rc));
    skt_close(&listener);
    return EXIT_FAILURE;
  }
  print_listener(&listener);
  bool all_served = serve_all(&listener, clients);
  skt_close(&listener);
  return all_served ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A whole number of clients, 1 or more; 0 if it is none. */
static long parse_clients(const char *text) {
  char *end;
  long clients = strtol(text, &end, 10);
  return *end == '\0' && clients > 0 ? clients : 0;
}

int main(int argc, char **argv) {
  long clients = argc == 3 ? parse_clients(argv[2]) : 0;
  if (argc < 2 || argc > 3 || (argc == 3 && clients == 0)) {
    fprintf(stderr, "usage: echo_server ADDRESS [CLIENTS]\n");
    return 2;
  }
  return run(argv[1], clients);
}
