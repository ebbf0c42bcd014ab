/* SPDX-License-Identifier: MIT */
/*
 * A chat, as such programs are written without skt: compare after.c. The server
 * passes each line on to everybody but the one who said it.
 *
 *   moving_before serve ADDRESS
 *   moving_before join ADDRESS NAME COUNT [LINE...]
 *
 * The server ends when its last client has gone. A client says the lines, and
 * ends when it has shown COUNT lines of others.
 */
#ifdef _WIN32
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0600 /* for inet_pton */
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
typedef SOCKET socket_type;
typedef int address_length;
typedef int count_type;
#else
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
typedef int socket_type;
typedef socklen_t address_length;
typedef size_t count_type;
#define INVALID_SOCKET (-1)
#endif
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS_MAX = 30, LINE_BYTES = 512, LIMIT_MS = 5000 };

typedef struct client {
  socket_type socket;
  size_t n; /* bytes of a line that is not complete yet */
  char line[LINE_BYTES];
} client;

static void start_sockets(void) {
#ifdef _WIN32
  WSADATA data;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
    fprintf(stderr, "cannot start Winsock\n");
    exit(1);
  }
#else
  signal(SIGPIPE, SIG_IGN);
#endif
}

static void close_socket(socket_type s) {
#ifdef _WIN32
  closesocket(s);
#else
  close(s);
#endif
}

static bool complain(const char *what) {
#ifdef _WIN32
  fprintf(stderr, "cannot %s: Winsock error %d\n", what, WSAGetLastError());
#else
  fprintf(stderr, "cannot %s: %s\n", what, strerror(errno));
#endif
  return false;
}

static bool interrupted(void) {
#ifdef _WIN32
  return false;
#else
  return errno == EINTR;
#endif
}

static void set_blocking(socket_type s, bool blocking) {
#ifdef _WIN32
  u_long nonblocking = !blocking;
  ioctlsocket(s, (long)FIONBIO, &nonblocking);
#else
  int flags = fcntl(s, F_GETFL);
  fcntl(s, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
#endif
}

static void set_limits(socket_type s) {
#ifdef _WIN32
  DWORD limit = LIMIT_MS;
#else
  struct timeval limit = {LIMIT_MS / 1000, 0};
#endif
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit);
  setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, (char *)&limit, sizeof limit);
}

static bool parse(struct sockaddr_in *out, const char *text) {
  char host[64];
  const char *colon = strrchr(text, ':');
  memset(out, 0, sizeof *out);
  if (colon == NULL || (size_t)(colon - text) >= sizeof host) {
    return false;
  }
  memcpy(host, text, (size_t)(colon - text));
  host[colon - text] = '\0';
  out->sin_family = AF_INET;
  out->sin_port = htons((unsigned short)atoi(colon + 1));
  return inet_pton(AF_INET, host, &out->sin_addr) == 1;
}

static socket_type new_socket(void) {
  socket_type s = socket(AF_INET, SOCK_STREAM, 0);
#ifndef _WIN32
  if (s != INVALID_SOCKET) {
    fcntl(s, F_SETFD, FD_CLOEXEC);
  }
#endif
  return s;
}

static bool send_all(socket_type s, const char *bytes, size_t n) {
  while (n > 0) {
    int taken = (int)send(s, bytes, (count_type)n, 0);
    if (taken < 0 && interrupted()) {
      continue;
    }
    if (taken < 0) {
      return false;
    }
    bytes += taken;
    n -= (size_t)taken;
  }
  return true;
}

/*
 * The server
 */

static socket_type start_listening(const struct sockaddr_in *address) {
  struct sockaddr_in local;
  address_length length = sizeof local;
  char text[INET_ADDRSTRLEN];
  int on = 1;
  socket_type s = new_socket();
  if (s == INVALID_SOCKET) {
    return s;
  }
#ifdef _WIN32
  setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof on);
#else
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
#endif
  if (bind(s, (const struct sockaddr *)address, sizeof *address) != 0 ||
      listen(s, SOMAXCONN) != 0 ||
      getsockname(s, (struct sockaddr *)&local, &length) != 0) {
    complain("listen");
    close_socket(s);
    return INVALID_SOCKET;
  }
  inet_ntop(AF_INET, &local.sin_addr, text, sizeof text);
  printf("listening on %s:%d\n", text, ntohs(local.sin_port));
  fflush(stdout);
  return s;
}

/* Send a line to all but its author. Who does not take it is hung up on. */
static void pass_on(client *clients, int count, int author, const char *line,
                    size_t n) {
  for (int i = 0; i < count; ++i) {
    if (i != author && !send_all(clients[i].socket, line, n)) {
#ifdef _WIN32
      shutdown(clients[i].socket, SD_BOTH);
#else
      shutdown(clients[i].socket, SHUT_RDWR);
#endif
    }
  }
}

/* Read from one client. False when it has gone. */
static bool take(client *clients, int count, int i) {
  client *c = &clients[i];
  int n;
  do {
    n = (int)recv(c->socket, c->line + c->n, (count_type)(LINE_BYTES - c->n),
                  0);
  } while (n < 0 && interrupted());
  if (n <= 0) {
    return false;
  }
  c->n += (size_t)n;
  char *end;
  while ((end = memchr(c->line, '\n', c->n)) != NULL) {
    size_t whole = (size_t)(end + 1 - c->line);
    pass_on(clients, count, i, c->line, whole);
    memmove(c->line, c->line + whole, c->n - whole);
    c->n -= whole;
  }
  return c->n < LINE_BYTES;
}

static int accept_client(socket_type listener, client *clients, int count) {
  socket_type s = accept(listener, NULL, NULL);
  if (s == INVALID_SOCKET) {
    return count;
  }
  if (count == CLIENTS_MAX) {
    close_socket(s);
    return count;
  }
#ifndef _WIN32
  fcntl(s, F_SETFD, FD_CLOEXEC);
#endif
  set_limits(s);
  clients[count].socket = s;
  clients[count].n = 0;
  send_all(s, "welcome\n", 8);
  return count + 1;
}

static bool serve(socket_type listener) {
  static client clients[CLIENTS_MAX];
  int count = 0;
  bool had_any = false;
  while (count > 0 || !had_any) {
    fd_set set;
    socket_type top = listener;
    FD_ZERO(&set);
    FD_SET(listener, &set);
    for (int i = 0; i < count; ++i) {
      FD_SET(clients[i].socket, &set);
      top = clients[i].socket > top ? clients[i].socket : top;
    }
    if (select((int)top + 1, &set, NULL, NULL, NULL) < 0) {
      if (interrupted()) {
        continue;
      }
      return complain("wait");
    }
    for (int i = count - 1; i >= 0; --i) {
      if (FD_ISSET(clients[i].socket, &set) && !take(clients, count, i)) {
        close_socket(clients[i].socket);
        clients[i] = clients[--count];
      }
    }
    if (FD_ISSET(listener, &set)) {
      count = accept_client(listener, clients, count);
      had_any = had_any || count > 0;
    }
  }
  return true;
}

/*
 * The client
 */

/* Connect within the limit, which connect itself does not have everywhere. */
static bool connect_in_time(socket_type s, const struct sockaddr_in *peer) {
  fd_set write, failed;
  struct timeval limit = {LIMIT_MS / 1000, 0};
  int error = 0;
  address_length length = sizeof error;
  set_blocking(s, false);
  if (connect(s, (const struct sockaddr *)peer, sizeof *peer) != 0) {
#ifdef _WIN32
    if (WSAGetLastError() != WSAEWOULDBLOCK) {
#else
    if (errno != EINPROGRESS) {
#endif
      return complain("connect");
    }
    FD_ZERO(&write);
    FD_ZERO(&failed);
    FD_SET(s, &write);
    FD_SET(s, &failed); /* where Windows announces a failure */
    if (select((int)s + 1, NULL, &write, &failed, &limit) <= 0 ||
        getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &length) != 0 ||
        error != 0) {
      fprintf(stderr, "cannot connect: %s\n",
              error != 0 ? strerror(error) : "timed out");
      return false;
    }
  }
  set_blocking(s, true);
  return true;
}

static bool say(socket_type s, const char *name, const char *line) {
  char text[LINE_BYTES];
  int n = snprintf(text, sizeof text, "%s: %s\n", name, line);
  return n < LINE_BYTES && (send_all(s, text, (size_t)n) || complain("send"));
}

/* Print so many lines, the first of which is the server's welcome. */
static bool show_lines(socket_type s, int count) {
  char c;
  while (count > 0) {
    int n = (int)recv(s, &c, 1, 0);
    if (n < 0 && interrupted()) {
      continue;
    }
    if (n <= 0) {
      return complain("receive");
    }
    putchar(c);
    count -= c == '\n';
  }
  fflush(stdout);
  return true;
}

static bool join(socket_type s, const struct sockaddr_in *peer, char **argv) {
  if (!connect_in_time(s, peer)) {
    return false;
  }
  set_limits(s);
  bool good = show_lines(s, 1);
  for (char **line = argv + 2; good && *line != NULL; ++line) {
    good = say(s, argv[0], *line);
  }
  return good && show_lines(s, atoi(argv[1]));
}

int main(int argc, char **argv) {
  struct sockaddr_in address;
  bool serves = argc == 3 && strcmp(argv[1], "serve") == 0;
  if ((!serves && (argc < 5 || strcmp(argv[1], "join") != 0)) ||
      !parse(&address, argv[2])) {
    fprintf(stderr,
            "usage: moving_before serve ADDRESS\n"
            "       moving_before join ADDRESS NAME COUNT [LINE...]\n");
    return 2;
  }
  start_sockets();
  socket_type s = serves ? start_listening(&address) : new_socket();
  if (s == INVALID_SOCKET) {
    return 1;
  }
  bool good = serves ? serve(s) : join(s, &address, argv + 3);
  close_socket(s);
#ifdef _WIN32
  WSACleanup();
#endif
  return good ? 0 : 1;
}
