/* SPDX-License-Identifier: MIT */
/* A target of libFuzzer, run by ci/run/fuzz.sh: the grammar of texts. Nothing
 * crashes; what skt_addr_parse reads, skt_resolve reads as the same address;
 * what comes apart goes together again. */
#include <skt.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool truth) {
  if (!truth) {
    abort();
  }
}

/* To look up an interface, or which loopback addresses there are, takes system
 * calls: only some of the inputs that may do so do. */
static bool is_slow(const char *text, size_t n) {
  return n % 32 != 0 &&
         (strpbrk(text, "%") != NULL ||
          (strpbrk(text, "Ll") != NULL && strpbrk(text, "Hh") != NULL));
}

/* Without time, so that no name is asked for. */
static void resolve(const char *text) {
  skt_addr a, b[2];
  int rc = skt_addr_parse(&a, text);
  int count = skt_resolve(text, 0, b, 2, 0, NULL);
  if (rc == 0) {
    must(count == 1 && memcmp(&a, b, sizeof a) == 0);
  } else if (rc != SKT_EINVAL) {
    must(count == rc);
  } else {
    must(count > 0 || count == SKT_ETIMEDOUT || count == SKT_EINVAL ||
         count == SKT_ENAMETOOLONG);
  }
}

static void split(const char *text) {
  char host[SKT_NAME_MAX], joined[SKT_TEXT_MAX];
  int port;
  int n = skt_text_split(text, host, sizeof host, &port);
  if (n < 0) {
    must(host[0] == '\0' && port == 0);
    return;
  }
  must((size_t)n == strlen(host) && n < SKT_NAME_MAX);
  int length = skt_text_join(joined, sizeof joined, host, port);
  must(length > 0 && strcmp(joined, text) == 0);
  must(skt_text_split(text, host, (size_t)n, NULL) == SKT_ENOSPC);
}

/* A host alone; what it is joined to comes apart. */
static void join(const char *host) {
  char text[SKT_TEXT_MAX], again[SKT_NAME_MAX];
  int port = 0;
  if (skt_text_join(text, sizeof text, host, 80) > 0) {
    must(skt_text_split(text, again, sizeof again, &port) >= 0 && port == 80);
    must(host[0] == '[' || strcmp(host, again) == 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  char *text = malloc(n + 1); /* so that a sanitizer sees the end */
  if (text != NULL) {
    if (n > 0) {
      memcpy(text, data, n);
    }
    text[n] = '\0';
    if (!is_slow(text, n)) {
      resolve(text);
    }
    split(text);
    join(text);
    free(text);
  }
  return 0;
}
