/* SPDX-License-Identifier: MIT */
/* Every function of skt.h with every kind of bad socket and pointer, and which
 * error wins when several apply. */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

/* Each calls one function on s with good other arguments. */
static skt_addr addr;
static char bytes[16];
static const skt_buffer part = {bytes, sizeof bytes};
static int number;
static skt other;

static long long do_close(skt *s) { return skt_close(s); }
static long long do_bind(skt *s) { return skt_bind(s, &addr, 0); }
static long long do_listen(skt *s) { return skt_listen(s, 0); }
static long long do_accept(skt *s) { return skt_accept(s, &other, NULL, 0); }
static long long do_connect(skt *s) { return skt_connect(s, &addr); }
static long long do_disconnect(skt *s) { return skt_disconnect(s); }
static long long do_finish(skt *s) { return skt_connect_finish(s); }
static long long do_read(skt *s) { return skt_read(s, bytes, sizeof bytes); }
static long long do_write(skt *s) { return skt_write(s, bytes, sizeof bytes); }
static long long do_shutdown(skt *s) { return skt_shutdown(s, SKT_BOTH); }
static long long do_abort(skt *s) { return skt_abort(s); }
static long long do_graceful(skt *s) { return skt_close_graceful(s, 0, 0); }
static long long do_cancel(skt *s) { return skt_cancel(s); }
static long long do_peek(skt *s) { return skt_peek(s, bytes, sizeof bytes); }
static long long do_read_all(skt *s) { return skt_read_all(s, bytes, 1, NULL); }
static long long do_write_all(skt *s) {
  return skt_write_all(s, bytes, 1, NULL);
}
static long long do_readv(skt *s) { return skt_readv(s, &part, 1); }
static long long do_writev(skt *s) { return skt_writev(s, &part, 1); }
static long long do_set_limit(skt *s) { return skt_set_limit(s, SKT_READ, 1); }
static long long do_limit(skt *s) { return skt_limit(s, SKT_READ, &number); }
static long long do_send_to(skt *s) { return skt_send_to(s, bytes, 1, &addr); }
static long long do_receive_from(skt *s) {
  return skt_receive_from(s, bytes, sizeof bytes, &addr, NULL);
}
static long long bad_send_to(skt *s) {
  return skt_send_to(s, NULL, SIZE_MAX, NULL);
}
static long long bad_receive_from(skt *s) {
  return skt_receive_from(s, NULL, SIZE_MAX, NULL, NULL);
}
static long long do_mode(skt *s) { return skt_set_blocking(s, true); }
static long long do_blocking(skt *s) { return skt_blocking(s); }
static long long do_wait(skt *s) { return skt_wait(s, SKT_READ, 0, NULL); }

/* A poller, made when it is first asked for. */
static skt_poller *watcher(void) {
  static skt_poller p;
  if (skt_poller_wait(&p, &(skt_event){0}, 1, 0) == SKT_EBADF) {
    skt_poller_create(&p);
  }
  return &p;
}

static long long do_add(skt *s) {
  return skt_poller_add(watcher(), s, SKT_READ, NULL);
}
static long long do_modify(skt *s) {
  return skt_poller_modify(watcher(), s, SKT_READ, NULL);
}
static long long do_remove(skt *s) { return skt_poller_remove(watcher(), s); }
static long long bad_add(skt *s) {
  return skt_poller_add(watcher(), s, -1, NULL);
}
static long long bad_modify(skt *s) {
  return skt_poller_modify(watcher(), s, -1, NULL);
}
static long long do_get(skt *s) {
  return skt_get_option(s, SKT_OPT_NODELAY, &number);
}
static long long do_set(skt *s) {
  return skt_set_option(s, SKT_OPT_NODELAY, 1);
}
static long long do_get_text(skt *s) {
  char text[SKT_OPTION_TEXT_MAX];
  return skt_get_option_text(s, SKT_OPT_DEVICE, text, sizeof text);
}
static long long do_set_text(skt *s) {
  return skt_set_option_text(s, SKT_OPT_DEVICE, "");
}
static long long do_join(skt *s) { return skt_join(s, &addr, 1, NULL); }
static long long do_leave(skt *s) { return skt_leave(s, &addr, 1, NULL); }
static long long do_block(skt *s) {
  return skt_block(s, &addr, 1, &addr, true);
}
static long long bad_join(skt *s) { return skt_join(s, NULL, 1, NULL); }
static long long bad_leave(skt *s) { return skt_leave(s, NULL, 1, NULL); }
static long long bad_block(skt *s) { return skt_block(s, NULL, 1, NULL, true); }
static long long do_local(skt *s) { return skt_local(s, &addr); }
static long long do_peer(skt *s) { return skt_peer(s, &addr); }

/* The same with every other argument as bad as can be. */
static long long bad_bind(skt *s) { return skt_bind(s, NULL, -1); }
static long long bad_accept(skt *s) { return skt_accept(s, NULL, NULL, -1); }
static long long bad_connect(skt *s) { return skt_connect(s, NULL); }
static long long bad_read(skt *s) { return skt_read(s, NULL, SIZE_MAX); }
static long long bad_write(skt *s) { return skt_write(s, NULL, SIZE_MAX); }
static long long bad_peek(skt *s) { return skt_peek(s, NULL, SIZE_MAX); }
static long long bad_read_all(skt *s) {
  return skt_read_all(s, NULL, SIZE_MAX, NULL);
}
static long long bad_write_all(skt *s) {
  return skt_write_all(s, NULL, SIZE_MAX, NULL);
}
static long long bad_readv(skt *s) { return skt_readv(s, NULL, SIZE_MAX); }
static long long bad_writev(skt *s) { return skt_writev(s, NULL, SIZE_MAX); }
static long long bad_set_limit(skt *s) { return skt_set_limit(s, 99, -99); }
static long long bad_limit(skt *s) { return skt_limit(s, 99, NULL); }
static long long bad_graceful(skt *s) { return skt_close_graceful(s, -9, 0); }
static long long bad_shutdown(skt *s) { return skt_shutdown(s, 99); }
static long long bad_wait(skt *s) { return skt_wait(s, 99, -99, NULL); }
static long long bad_get(skt *s) { return skt_get_option(s, -1, NULL); }
static long long bad_set(skt *s) { return skt_set_option(s, -1, -1); }
static long long bad_get_text(skt *s) {
  return skt_get_option_text(s, -1, NULL, 0);
}
static long long bad_set_text(skt *s) {
  return skt_set_option_text(s, -1, NULL);
}
static long long bad_local(skt *s) { return skt_local(s, NULL); }
static long long bad_peer(skt *s) { return skt_peer(s, NULL); }

#define ENTRY(function)                                                        \
  { #function, function }
static const struct {
  const char *name;
  long long (*call)(skt *);
} calls[] = {
    ENTRY(do_send_to),       ENTRY(do_receive_from), ENTRY(bad_send_to),
    ENTRY(bad_receive_from), ENTRY(do_disconnect),   ENTRY(do_abort),
    ENTRY(do_graceful),      ENTRY(do_cancel),       ENTRY(do_peek),
    ENTRY(do_read_all),      ENTRY(do_write_all),    ENTRY(do_readv),
    ENTRY(do_writev),        ENTRY(do_set_limit),    ENTRY(do_limit),
    ENTRY(bad_peek),         ENTRY(bad_read_all),    ENTRY(bad_write_all),
    ENTRY(bad_readv),        ENTRY(bad_writev),      ENTRY(bad_set_limit),
    ENTRY(bad_limit),        ENTRY(bad_graceful),    ENTRY(do_get),
    ENTRY(do_set),           ENTRY(bad_get),         ENTRY(bad_set),
    ENTRY(do_close),         ENTRY(do_bind),         ENTRY(do_listen),
    ENTRY(do_accept),        ENTRY(do_connect),      ENTRY(do_finish),
    ENTRY(do_read),          ENTRY(do_write),        ENTRY(do_shutdown),
    ENTRY(do_mode),          ENTRY(do_blocking),     ENTRY(do_wait),
    ENTRY(do_local),         ENTRY(do_peer),         ENTRY(bad_bind),
    ENTRY(bad_accept),       ENTRY(bad_connect),     ENTRY(bad_read),
    ENTRY(bad_write),        ENTRY(bad_shutdown),    ENTRY(bad_wait),
    ENTRY(bad_local),        ENTRY(bad_peer),        ENTRY(do_add),
    ENTRY(do_modify),        ENTRY(do_remove),       ENTRY(bad_add),
    ENTRY(bad_modify),       ENTRY(do_get_text),     ENTRY(do_set_text),
    ENTRY(bad_get_text),     ENTRY(bad_set_text),    ENTRY(do_join),
    ENTRY(do_leave),         ENTRY(do_block),        ENTRY(bad_join),
    ENTRY(bad_leave),        ENTRY(bad_block),
};
enum { CALLS = sizeof calls / sizeof *calls };

TEST(arguments, no_pointer_reports_efault_from_every_function) {
  for (int i = 0; i < CALLS; ++i) {
    if (!test_check_eq(__FILE__, __LINE__, calls[i].name, calls[i].call(NULL),
                       SKT_EFAULT)) {
      return;
    }
  }
}

TEST(arguments, no_socket_reports_ebadf_from_every_function) {
  skt closed = {0};
  CHECK_EQ(skt_socket(&closed, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_close(&closed), 0);
  for (int i = 0; i < CALLS; ++i) {
    skt zeroed = {0};
    if (!test_check_eq(__FILE__, __LINE__, calls[i].name,
                       calls[i].call(&zeroed), SKT_EBADF) ||
        !test_check_eq(__FILE__, __LINE__, calls[i].name,
                       calls[i].call(&closed), SKT_EBADF)) {
      return;
    }
  }
}

TEST(arguments, missing_pointer_wins_over_arguments_and_state) {
  skt s = {0};
  char text[4];
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_bind(&s, NULL, -1), SKT_EFAULT);
  CHECK_EQ(skt_accept(&s, NULL, NULL, -1), SKT_EFAULT);
  CHECK_EQ(skt_connect(&s, NULL), SKT_EFAULT);
  CHECK_EQ(skt_read(&s, NULL, SIZE_MAX), SKT_EFAULT);
  CHECK_EQ(skt_write(&s, NULL, SIZE_MAX), SKT_EFAULT);
  CHECK_EQ(skt_peek(&s, NULL, SIZE_MAX), SKT_EFAULT);
  CHECK_EQ(skt_read_all(&s, NULL, SIZE_MAX, NULL), SKT_EFAULT);
  CHECK_EQ(skt_write_all(&s, NULL, SIZE_MAX, NULL), SKT_EFAULT);
  CHECK_EQ(skt_readv(&s, NULL, SIZE_MAX), SKT_EFAULT);
  CHECK_EQ(skt_writev(&s, NULL, SIZE_MAX), SKT_EFAULT);
  CHECK_EQ(skt_send_to(&s, NULL, SIZE_MAX, NULL), SKT_EFAULT);
  CHECK_EQ(skt_send_to(&s, bytes, SIZE_MAX, NULL), SKT_EFAULT);
  CHECK_EQ(skt_receive_from(&s, NULL, SIZE_MAX, NULL, NULL), SKT_EFAULT);
  CHECK_EQ(skt_limit(&s, 99, NULL), SKT_EFAULT);
  CHECK_EQ(skt_get_option(&s, -1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_get_option_text(&s, -1, NULL, 0), SKT_EFAULT);
  CHECK_EQ(skt_set_option_text(&s, -1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_join(&s, NULL, 1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_leave(&s, NULL, 1, NULL), SKT_EFAULT);
  CHECK_EQ(skt_block(&s, NULL, 1, &addr, true), SKT_EFAULT);
  CHECK_EQ(skt_block(&s, &addr, 1, NULL, true), SKT_EFAULT);
  CHECK_EQ(skt_local(&s, NULL), SKT_EFAULT);
  CHECK_EQ(skt_peer(&s, NULL), SKT_EFAULT);
  skt_close(&s);
  CHECK_EQ(skt_socket(NULL, -1, -1, -1), SKT_EFAULT);
  CHECK_EQ(skt_adopt(NULL, UINTPTR_MAX, -1), SKT_EFAULT);
  CHECK_EQ(skt_native(NULL), UINTPTR_MAX);
  CHECK_EQ(skt_release(NULL), UINTPTR_MAX);
  CHECK_EQ(skt_addr_parse(NULL, "127.0.0.1:1"), SKT_EFAULT);
  CHECK_EQ(skt_addr_parse(&addr, NULL), SKT_EFAULT);
  CHECK_EQ(skt_addr_domain(&addr), SKT_EINVAL);
  CHECK_EQ(skt_addr_format(NULL, text, sizeof text), SKT_EFAULT);
  CHECK_EQ(skt_addr_format(&addr, NULL, 0), SKT_EFAULT);
  CHECK_EQ(skt_addr_domain(NULL), SKT_EFAULT);
  CHECK_EQ(skt_addr_port(NULL), SKT_EFAULT);
  CHECK(skt_addr_native(NULL, NULL) == NULL);
  CHECK_EQ(skt_addr_from_native(NULL, text, 4), SKT_EFAULT);
  CHECK_EQ(skt_addr_from_native(&addr, NULL, 16), SKT_EFAULT);
}

TEST(arguments, arguments_win_over_state) {
  skt s = {0}, a = {0}, b = {0};
  skt_addr none = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_read(&s, bytes, SIZE_MAX), SKT_EINVAL);
  CHECK_EQ(skt_write(&s, bytes, SIZE_MAX), SKT_EINVAL);
  CHECK_EQ(skt_shutdown(&s, 99), SKT_EINVAL);
  CHECK_EQ(skt_wait(&s, 99, 0, NULL), SKT_EINVAL);
  CHECK_EQ(skt_wait(&s, SKT_READ, -99, NULL), SKT_EINVAL);
  CHECK_EQ(skt_set_option(&s, SKT_OPT_NODELAY, 2), SKT_EINVAL);
  skt_close(&s);
  CHECK_EQ(skt_adopt(&s, UINTPTR_MAX, -1), SKT_EINVAL);
  CHECK(connect_pair(SKT_IPV4, &a, &b));
  CHECK_EQ(skt_connect(&a, &none), SKT_EINVAL);
  skt_close(&a);
  skt_close(&b);
}

/* An address of 0xff, and whether all of it was zeroed since. */
static skt_addr *unset(void) {
  memset(&addr, 0xff, sizeof addr);
  return &addr;
}

static bool is_zeroed(void) {
  static const skt_addr zeroed;
  return memcmp(&addr, &zeroed, sizeof addr) == 0;
}

/* To the last byte: 0xff is no socket's name and no address either. */
TEST(arguments, outputs_of_failing_calls_are_zeroed) {
  skt none = {0}, fresh = {0}, out;
  CHECK_EQ(skt_socket(&fresh, SKT_IPV4, SKT_STREAM, 0), 0);
  memset(&out, 0xff, sizeof out);
  CHECK_EQ(skt_accept(&none, &out, unset(), 0), SKT_EBADF);
  CHECK(memcmp(&out, &none, sizeof out) == 0 && is_zeroed());
  memset(&out, 0xff, sizeof out);
  CHECK_EQ(skt_accept(&fresh, &out, unset(), 0), SKT_EINVAL);
  CHECK(memcmp(&out, &none, sizeof out) == 0 && is_zeroed());
  memset(&out, 0xff, sizeof out);
  CHECK_EQ(skt_adopt(&out, UINTPTR_MAX, 0), SKT_ENOTSOCK);
  CHECK(memcmp(&out, &none, sizeof out) == 0);
  number = -1;
  CHECK_EQ(skt_get_option(&none, SKT_OPT_NODELAY, &number), SKT_EBADF);
  CHECK_EQ(number, 0);
  CHECK_EQ(skt_local(&none, unset()), SKT_EBADF);
  CHECK(is_zeroed());
  CHECK_EQ(skt_peer(&none, unset()), SKT_EBADF);
  CHECK(is_zeroed());
  CHECK_EQ(skt_peer(&fresh, unset()), SKT_ENOTCONN);
  CHECK(is_zeroed());
  bool truncated = true;
  CHECK_EQ(skt_receive_from(&fresh, &out, 1, unset(), &truncated),
           SKT_EOPNOTSUPP);
  CHECK(is_zeroed() && !truncated);
  skt_close(&fresh);
  CHECK_EQ(skt_addr_parse(unset(), "no"), SKT_EINVAL);
  CHECK(is_zeroed());
  CHECK_EQ(skt_addr_parse(unset(), NULL), SKT_EFAULT);
  CHECK(is_zeroed());
  CHECK_EQ(skt_addr_from_native(unset(), NULL, 16), SKT_EFAULT);
  CHECK(is_zeroed());
  CHECK_EQ(skt_addr_from_native(unset(), "", 1), SKT_EINVAL);
  CHECK(is_zeroed());
}
