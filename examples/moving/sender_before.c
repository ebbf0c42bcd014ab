/* SPDX-License-Identifier: MIT */
/*
 * A client, as such programs are written without skt: compare sender_after.c.
 * It sends a line to the first address that takes it within the limit, and
 * prints the line that comes back.
 *
 *   moving_sender_before LOCAL LINE ADDRESS...
 *
 * LOCAL is the address to send from, without a port: 127.0.0.1 or ::1. Each
 * ADDRESS has one: 127.0.0.1:7000 or [::1]:7000.
 */
#ifdef _WIN32
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0600 /* for getaddrinfo */
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
typedef SOCKET socket_type;
typedef int address_length;
typedef int count_type;
#else
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
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

enum { BUFFER_BYTES = 65536, LIMIT_MS = 2000 };

typedef struct address {
  struct sockaddr_storage storage;
  address_length length;
} address;

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

static bool complain(const char *what, const char *where) {
#ifdef _WIN32
  char text[256] = "no text";
  FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                 NULL, (DWORD)WSAGetLastError(), 0, text, sizeof text, NULL);
  text[strcspn(text, "\r\n")] = '\0';
#else
  const char *text = strerror(errno);
#endif
  fprintf(stderr, "cannot %s %s: %s\n", what, where, text);
  return false;
}

static bool would_block(void) {
#ifdef _WIN32
  return WSAGetLastError() == WSAEWOULDBLOCK;
#else
  return errno == EINPROGRESS || errno == EAGAIN || errno == EWOULDBLOCK;
#endif
}

static bool set_nonblocking(socket_type s) {
#ifdef _WIN32
  u_long on = 1;
  return ioctlsocket(s, (long)FIONBIO, &on) == 0;
#else
  return fcntl(s, F_SETFL, fcntl(s, F_GETFL) | O_NONBLOCK) == 0 &&
         fcntl(s, F_SETFD, FD_CLOEXEC) == 0;
#endif
}

static bool set_option(socket_type s, int level, int name, int value) {
  return setsockopt(s, level, name, (char *)&value, sizeof value) == 0;
}

static int option(socket_type s, int level, int name) {
  int value = 0;
  address_length length = sizeof value;
  getsockopt(s, level, name, (char *)&value, &length);
  return value;
}

static bool parse_host(address *out, const char *host, const char *port) {
  struct addrinfo hints, *list = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  if (getaddrinfo(host, port, &hints, &list) != 0) {
    return false;
  }
  memset(out, 0, sizeof *out);
  memcpy(&out->storage, list->ai_addr, list->ai_addrlen);
  out->length = (address_length)list->ai_addrlen;
  freeaddrinfo(list);
  return true;
}

static bool parse(address *out, const char *text) {
  char host[64];
  const char *colon = strrchr(text, ':');
  bool brackets = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
  size_t n = colon == NULL ? 0 : (size_t)(colon - text) - 2U * brackets;
  if (n == 0 || n >= sizeof host) {
    return false;
  }
  memcpy(host, text + brackets, n);
  host[n] = '\0';
  return parse_host(out, host, colon + 1);
}

/* Wait until the socket is ready. WSAPoll would not do: on older versions of
 * Windows it does not report a connect that failed. */
static bool wait_for(socket_type s, bool writing) {
#ifdef _WIN32
  fd_set ready, failed;
  struct timeval limit = {LIMIT_MS / 1000, 0};
  FD_ZERO(&ready);
  FD_ZERO(&failed);
  FD_SET(s, &ready);
  FD_SET(s, &failed);
  int n = select(0, writing ? NULL : &ready, writing ? &ready : NULL, &failed,
                 &limit);
  if (n == 0) {
    WSASetLastError(WSAETIMEDOUT);
  }
#else
  struct pollfd entry = {s, writing ? POLLOUT : POLLIN, 0};
  int n;
  do {
    n = poll(&entry, 1, LIMIT_MS);
  } while (n < 0 && errno == EINTR);
  if (n == 0) {
    errno = ETIMEDOUT;
  }
#endif
  return n > 0;
}

/* A socket for one address. Its options come before its bind. */
static socket_type new_socket(const address *local) {
  socket_type s = socket(local->storage.ss_family, SOCK_STREAM, 0);
  if (s == INVALID_SOCKET) {
    return s;
  }
  if (!set_nonblocking(s) || !set_option(s, SOL_SOCKET, SO_KEEPALIVE, 1) ||
      !set_option(s, IPPROTO_TCP, TCP_NODELAY, 1) ||
      !set_option(s, SOL_SOCKET, SO_SNDBUF, BUFFER_BYTES) ||
      bind(s, (const struct sockaddr *)&local->storage, local->length) != 0) {
    close_socket(s);
    return INVALID_SOCKET;
  }
  return s;
}

static bool send_all(socket_type s, const char *bytes, size_t n) {
  while (n > 0) {
    int taken = (int)send(s, bytes, (count_type)n, 0);
    if (taken < 0 && would_block() && wait_for(s, true)) {
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

static bool receive_line(socket_type s) {
  char c = '\0';
  while (c != '\n') {
    int n = (int)recv(s, &c, 1, 0);
    if (n < 0 && would_block() && wait_for(s, false)) {
      continue;
    }
    if (n <= 0) {
      return false;
    }
    putchar(c);
  }
  return true;
}

static void show(socket_type s) {
  address local;
  char host[64] = "", port[8] = "";
  local.length = sizeof local.storage;
  getsockname(s, (struct sockaddr *)&local.storage, &local.length);
  getnameinfo((struct sockaddr *)&local.storage, local.length, host,
              sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  printf("from %s port %s: keep-alive %d, no delay %d, send buffer %d\n", host,
         port, option(s, SOL_SOCKET, SO_KEEPALIVE) != 0,
         option(s, IPPROTO_TCP, TCP_NODELAY) != 0,
         option(s, SOL_SOCKET, SO_SNDBUF));
}

/* Connect, and just write: if the connect failed, the write does. */
static bool talk(socket_type s, const char *line, const char *text) {
  address peer;
  if (!parse(&peer, text)) {
    fprintf(stderr, "cannot read the address %s\n", text);
    return false;
  }
  if (connect(s, (struct sockaddr *)&peer.storage, peer.length) != 0 &&
      (!would_block() || !wait_for(s, true))) {
    return complain("connect to", text);
  }
  if (!send_all(s, line, strlen(line)) || !send_all(s, "\n", 1)) {
    return complain("send to", text);
  }
  show(s);
  return receive_line(s) || complain("receive from", text);
}

/* A socket that failed to connect is of no use: the next address gets another,
 * with its options and its bind. */
static bool send_to_one(const address *local, const char *line, char **texts) {
  bool good = false;
  for (char **text = texts; *text != NULL && !good; ++text) {
    socket_type s = new_socket(local);
    if (s == INVALID_SOCKET) {
      return complain("make a socket for", *text);
    }
    good = talk(s, line, *text);
    close_socket(s);
  }
  return good;
}

int main(int argc, char **argv) {
  address local;
  start_sockets();
  if (argc < 4 || !parse_host(&local, argv[1], "0")) {
    fprintf(stderr, "usage: moving_sender_before LOCAL LINE ADDRESS...\n");
    return 2;
  }
  bool good = send_to_one(&local, argv[2], argv + 3);
#ifdef _WIN32
  WSACleanup();
#endif
  return good ? 0 : 1;
}
