/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "peer.h"
#include "skt_test.h"

/* The numbers are Linux's on every system, so they are written out here. */
static const struct {
  int code;
  const char *name, *text;
} golden[] = {
    {-2, "SKT_ENOENT", "not found"},
    {-5, "SKT_EIO", "input or output failed in the system"},
    {-9, "SKT_EBADF", "no socket here: never opened, or closed"},
    {-11, "SKT_EAGAIN", "the call would have to wait"},
    {-12, "SKT_ENOMEM", "out of memory"},
    {-13, "SKT_EACCES", "permission denied"},
    {-14, "SKT_EFAULT", "a required pointer is null or invalid"},
    {-16, "SKT_EBUSY", "in use by another thread"},
    {-17, "SKT_EEXIST", "already there"},
    {-19, "SKT_ENODEV", "no such network interface"},
    {-22, "SKT_EINVAL", "invalid argument, or wrong state for this call"},
    {-23, "SKT_ENFILE", "too many open files in the system"},
    {-24, "SKT_EMFILE", "too many open files in this process"},
    {-28, "SKT_ENOSPC", "the buffer is too small"},
    {-32, "SKT_EPIPE", "this side has shut down writing"},
    {-36, "SKT_ENAMETOOLONG", "name too long"},
    {-61, "SKT_ENODATA", "the stream ended too early"},
    {-71, "SKT_EPROTO", "protocol error"},
    {-87, "SKT_EUSERS", "too many look-ups are in progress"},
    {-88, "SKT_ENOTSOCK", "the handle is not an open socket"},
    {-90, "SKT_EMSGSIZE", "message too long"},
    {-92, "SKT_ENOPROTOOPT", "option not known here"},
    {-93, "SKT_EPROTONOSUPPORT", "socket type or protocol not supported"},
    {-95, "SKT_EOPNOTSUPP", "operation not supported"},
    {-97, "SKT_EAFNOSUPPORT", "address family not supported"},
    {-98, "SKT_EADDRINUSE", "address already in use"},
    {-99, "SKT_EADDRNOTAVAIL", "address not available"},
    {-100, "SKT_ENETDOWN", "network is down"},
    {-101, "SKT_ENETUNREACH", "network is unreachable"},
    {-103, "SKT_ECONNABORTED", "connection aborted by this host"},
    {-104, "SKT_ECONNRESET", "connection reset by the peer"},
    {-105, "SKT_ENOBUFS", "no buffer space available"},
    {-106, "SKT_EISCONN", "already connected"},
    {-107, "SKT_ENOTCONN", "not connected"},
    {-110, "SKT_ETIMEDOUT", "the time that the caller gave is over"},
    {-112, "SKT_EHOSTDOWN", "the other host no longer answers"},
    {-111, "SKT_ECONNREFUSED", "connection refused"},
    {-113, "SKT_EHOSTUNREACH", "host is unreachable"},
    {-114, "SKT_EALREADY", "already in progress"},
    {-115, "SKT_EINPROGRESS", "in progress"},
    {-125, "SKT_ECANCELED", "cancelled by skt_cancel or a waker"},
    {-3001, "SKT_ETRYAGAIN", "the name server did not answer; try again"},
    {-3004, "SKT_ENAMEFAIL", "the look-up of the name failed"},
    {-3007, "SKT_ENOADDRESS", "the name has no such address"},
    {-3008, "SKT_ENONAME", "no such name"},
    {-4095, "SKT_EUNKNOWN", "a system error without a name here"},
    {0, "SKT_OK", "success"},
    {7, "SKT_OK", "success"},
    {-4000, "SKT_E?", "not a code of skt"},
    {INT_MIN, "SKT_E?", "not a code of skt"},
};

TEST(error, numbers_and_names_are_the_same_everywhere) {
  enum { NO_CODES = 4 }; /* the last rows */
  for (size_t i = 0; i < sizeof golden / sizeof *golden; ++i) {
    CHECK_STR(skt_errname(golden[i].code), golden[i].name);
    CHECK_STR(skt_strerror(golden[i].code), golden[i].text);
  }
#define ONE(name, value, text) +1
  CHECK_EQ(sizeof golden / sizeof *golden - NO_CODES, 0 SKT_ERRORS(ONE));
#undef ONE
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
    CHECK_EQ(skt_wait(&s, SKT_WRITE, 10000, NULL), SKT_WRITE);
    CHECK_EQ(skt_connect_finish(&s), SKT_ECONNREFUSED);
    told = skt_native_error() != before;
    skt_close(&s);
  }
  CHECK(told);
  skt_close(&deaf);
}
