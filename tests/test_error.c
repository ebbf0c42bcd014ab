/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

/* The numbers are Linux's on every system, so they are written out here. */
TEST(error, numbers_and_names_are_the_same_everywhere) {
  static const struct {
    int code;
    const char *name, *text;
  } golden[] = {
      {-1, "SKT_EPERM", "operation not permitted"},
      {-9, "SKT_EBADF", "no socket here: never opened, or closed"},
      {-11, "SKT_EAGAIN", "the call would have to wait"},
      {-14, "SKT_EFAULT", "a required pointer is null or invalid"},
      {-22, "SKT_EINVAL", "invalid argument, or wrong state for this call"},
      {-24, "SKT_EMFILE", "too many open files in this process"},
      {-32, "SKT_EPIPE", "this side has shut down writing"},
      {-88, "SKT_ENOTSOCK", "the handle is not an open socket"},
      {-97, "SKT_EAFNOSUPPORT", "address family not supported"},
      {-98, "SKT_EADDRINUSE", "address already in use"},
      {-99, "SKT_EADDRNOTAVAIL", "address not available"},
      {-104, "SKT_ECONNRESET", "connection reset by the peer"},
      {-107, "SKT_ENOTCONN", "not connected"},
      {-110, "SKT_ETIMEDOUT", "timed out"},
      {-111, "SKT_ECONNREFUSED", "connection refused"},
      {-115, "SKT_EINPROGRESS", "in progress"},
      {-4095, "SKT_EUNKNOWN", "a system error without a name here"},
      {0, "SKT_OK", "success"},
      {7, "SKT_OK", "success"},
      {-4000, "SKT_E?", "not a code of skt"},
  };
  for (size_t i = 0; i < sizeof golden / sizeof *golden; ++i) {
    CHECK_STR(skt_errname(golden[i].code), golden[i].name);
    CHECK_STR(skt_strerror(golden[i].code), golden[i].text);
  }
}

TEST(error, every_code_is_its_own_and_fits_in_16_bits) {
#define ENTRY(name, value, text) {name, #name, text},
  static const struct {
    int code;
    const char *name, *text;
  } all[] = {SKT_ERRORS(ENTRY)};
#undef ENTRY
  for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
    CHECK(all[i].code < 0 && all[i].code >= INT16_MIN);
    CHECK_STR(skt_errname(all[i].code), all[i].name);
    CHECK_STR(skt_strerror(all[i].code), all[i].text);
    for (size_t j = 0; j < i; ++j) {
      CHECK(all[i].code != all[j].code);
      CHECK(strcmp(all[i].text, all[j].text) != 0);
    }
  }
}

static void fail_in_the_system(void *out) {
  skt s = {0};
  skt_addr at;
  skt_addr_parse(&at, "192.0.2.1:0"); /* TEST-NET-1: nobody's address */
  skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
  *(int *)out = skt_bind(&s, &at, 0);
  skt_close(&s);
}

static void ask_native_error(void *out) { *(int *)out = skt_native_error(); }

TEST(error, native_number_is_kept_for_the_thread_it_came_to) {
  int code = 0, elsewhere = -1;
  test_join(test_start(ask_native_error, &elsewhere));
  CHECK_EQ(elsewhere, 0);

  fail_in_the_system(&code);
  CHECK_EQ(code, SKT_EADDRNOTAVAIL);
  int native = skt_native_error();
  CHECK(native > 0);

  CHECK_EQ(skt_read(NULL, NULL, 0), SKT_EFAULT);
  CHECK_EQ(skt_native_error(), native);
  test_join(test_start(ask_native_error, &elsewhere));
  CHECK_EQ(elsewhere, 0);
}

/* On Windows other calls keep their numbers in the same place. */
TEST(error, native_number_outlives_other_failures_of_the_thread) {
  int code = 0;
  fail_in_the_system(&code);
  CHECK_EQ(code, SKT_EADDRNOTAVAIL);
  int native = skt_native_error();
  CHECK(fopen("no/such/folder/file", "r") == NULL);
  CHECK_EQ(skt_native_error(), native);
}

/* The reason comes from the system and is not guessed. Winsock may have it a
 * little later than the failure, but not every time. */
TEST(error, native_number_of_a_nonblocking_refusal_is_kept) {
  skt deaf = {0};
  skt_addr at;
  bool told = false;
  CHECK(bind_loopback(SKT_IPV4, &deaf, &at));
  for (int i = 0; i < 10 && !told; ++i) {
    skt s = {0};
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
    CHECK_EQ(skt_connect(&s, &at), SKT_EINPROGRESS);
    int before = skt_native_error();
    CHECK_EQ(skt_wait(&s, SKT_WRITE, 10000), SKT_WRITE);
    CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
    told = skt_native_error() != before;
    skt_close(&s);
  }
  CHECK(told);
  skt_close(&deaf);
}
