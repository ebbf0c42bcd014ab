/* SPDX-License-Identifier: MIT */
#include "prefork.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REQUEST_MAX = 4095, PATH_ROOM = 1024, CLIENT_LIMIT_MS = 5000 };

/* "con", "con.txt" and the like are devices on Windows, in any folder. */
static bool is_device(const char *name, size_t n) {
  static const char *const devices[] = {"con", "prn", "aux",  "nul",
                                        "com", "lpt", "clock"};
  char stem[8] = "";
  for (size_t i = 0; i < n && i < sizeof stem - 1 && name[i] != '.'; ++i) {
    stem[i] = (char)tolower((unsigned char)name[i]);
  }
  size_t length = strlen(stem);
  if (length == 4 && isdigit((unsigned char)stem[3])) {
    stem[3] = '\0'; /* com1, lpt9 */
  }
  for (size_t i = 0; i < sizeof devices / sizeof *devices; ++i) {
    if (strcmp(stem, devices[i]) == 0) {
      return true;
    }
  }
  return false;
}

bool worker_allows(const char *path) {
  while (*path == '/') {
    const char *name = ++path;
    while (isalnum((unsigned char)*path) ||
           (*path != '\0' && strchr("._-", *path) != NULL)) {
      ++path;
    }
    size_t n = (size_t)(path - name);
    if (n == 0 || *name == '.' || path[-1] == '.' || is_device(name, n)) {
      return false;
    }
  }
  return *path == '\0';
}

static int reply(skt *client, const char *status, const char *text) {
  char head[200];
  int n = snprintf(head, sizeof head,
                   "HTTP/1.0 %s\r\nContent-Length: %d\r\n\r\n%s\n", status,
                   (int)strlen(text) + 1, text);
  return skt_write_all(client, head, (size_t)n, NULL);
}

/* -1 if it is unknown, as beyond 2 GiB on Windows: then the end of the
 * connection is that of the file. */
static long length_of(FILE *file) {
  long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  rewind(file);
  return length;
}

/* The first read decides whether it is one: on POSIX a folder can be opened. */
static int send_file(skt *client, FILE *file) {
  char head[200];
  (void)fgetc(file);
  if (ferror(file)) {
    return reply(client, "404 Not Found", "no such file");
  }
  long length = length_of(file);
  int n =
      length >= 0
          ? snprintf(head, sizeof head,
                     "HTTP/1.0 200 OK\r\nContent-Length: %ld\r\n\r\n", length)
          : snprintf(head, sizeof head, "HTTP/1.0 200 OK\r\n\r\n");
  uint64_t count = length >= 0 ? (uint64_t)length : UINT64_MAX;
  int rc = skt_write_all(client, head, (size_t)n, NULL);
  return rc < 0 ? rc : skt_send_file(client, skt_file_of(file), 0, count, NULL);
}

/* Read the head of a request. Returns its length, 0 if it is too long, or a
 * code. */
static int read_head(skt *client, char *head) {
  size_t have = 0;
  head[0] = '\0';
  while (strstr(head, "\r\n\r\n") == NULL) {
    ptrdiff_t n = skt_read(client, head + have, REQUEST_MAX - have);
    if (n <= 0) {
      return n < 0 ? (int)n : SKT_ENODATA;
    }
    have += (size_t)n;
    head[have] = '\0';
    if (have == REQUEST_MAX || strlen(head) < have) {
      return 0;
    }
  }
  return (int)have;
}

static int answer(skt *client, const char *folder) {
  char head[REQUEST_MAX + 1], method[8], path[256], minor, file[PATH_ROOM];
  int rc = read_head(client, head);
  if (rc < 0) {
    return rc;
  }
  if (rc == 0 ||
      sscanf(head, "%7[A-Z] %255s HTTP/1.%c", method, path, &minor) != 3) {
    return reply(client, "400 Bad Request", "this is no request");
  }
  if (strcmp(method, "GET") != 0) {
    return reply(client, "501 Not Implemented", "only GET");
  }
  if (strcmp(path, "/") == 0) {
    memcpy(path, "/index.html", sizeof "/index.html");
  }
  if (!worker_allows(path)) {
    return reply(client, "403 Forbidden", "no such path");
  }
  snprintf(file, sizeof file, "%s%s", folder, path);
  FILE *f = fopen(file, "rb");
  if (f == NULL) {
    return reply(client, "404 Not Found", "no such file");
  }
  rc = send_file(client, f);
  fclose(f);
  return rc;
}

static void serve(skt *client, const char *folder) {
  int rc = skt_set_limit(client, SKT_BOTH, CLIENT_LIMIT_MS);
  rc = rc < 0 ? rc : answer(client, folder);
  if (rc < 0) {
    fprintf(stderr, "lost a client: %s\n", skt_strerror(rc));
    skt_abort(client);
  } else {
    skt_close_graceful(client, CLIENT_LIMIT_MS, REQUEST_MAX);
  }
}

int worker_run(const char *number, const char *kind, const char *folder) {
  skt inherited, parent, client;
  int rc = skt_adopt(&inherited, (uintptr_t)strtoull(number, NULL, 10),
                     (int)strtol(kind, NULL, 10));
  if (rc == 0) { /* see "Processes" in the guide */
    rc = skt_duplicate(&inherited, &parent);
    skt_close(&inherited);
  }
  while (rc == 0) {
    ptrdiff_t n = skt_write(&parent, "r", 1);
    rc = n < 0 ? (int)n : skt_receive_socket(&parent, &client);
    if (rc == 0) {
      serve(&client, folder);
    }
  }
  if (rc != SKT_ENODATA && rc != SKT_ECONNRESET) { /* the parent's end */
    fprintf(stderr, "a worker ends: %s\n", skt_strerror(rc));
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
