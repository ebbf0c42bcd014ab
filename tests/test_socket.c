/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "peer.h"
#include "skt_test.h"

static bool is_zero(const skt *s) {
  skt none = {0};
  return memcmp(s, &none, sizeof none) == 0;
}

TEST(socket, every_domain_opens_blocking_and_closes) {
  for (const int *domain = domains_here(); *domain != 0; ++domain) {
    skt s = {0};
    CHECK_EQ(skt_socket(&s, *domain, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_blocking(&s), 1);
    CHECK(skt_native(&s) != UINTPTR_MAX);
    CHECK_EQ(skt_close(&s), 0);
    CHECK(is_zero(&s));
  }
}

TEST(socket, handle_is_16_bytes_or_less) { CHECK(sizeof(skt) <= 16); }

/* Also what skt_adopt needs, to take it in without a system call. */
TEST(socket, kind_reports_domain_type_state_and_mode) {
  skt listener = {0}, client = {0}, server = {0}, s = {0}, none = {0};
  skt_addr at;
  char byte;
  CHECK_EQ(skt_start(), 0);
  CHECK_EQ(skt_kind(NULL), SKT_EFAULT);
  CHECK_EQ(skt_kind(&none), SKT_EBADF);
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  CHECK_EQ(skt_kind(&listener), SKT_IPV4 | SKT_STREAM | SKT_LISTENING);
  CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_kind(&client), SKT_IPV4 | SKT_STREAM | SKT_NONBLOCK);
  CHECK_EQ(skt_connect(&client, &at), SKT_EINPROGRESS);
  CHECK_EQ(skt_kind(&client) & SKT_STATES, SKT_CONNECTING);
  CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
  CHECK_EQ(skt_wait(&client, SKT_WRITE, 10000, NULL), SKT_WRITE);
  CHECK_EQ(skt_write(&client, "x", 1), 1);
  CHECK_EQ(skt_kind(&client) & SKT_STATES, SKT_CONNECTED);
  CHECK_EQ(skt_kind(&server), SKT_IPV4 | SKT_STREAM | SKT_CONNECTED);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_DATAGRAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_receive_from(&s, &byte, 1, NULL, NULL), SKT_EAGAIN);
  CHECK_EQ(skt_kind(&s), SKT_IPV4 | SKT_DATAGRAM | SKT_BOUND | SKT_NONBLOCK);
  skt_close(&s);
  skt_close(&server);
  CHECK_EQ(skt_kind(&server), SKT_EBADF);
  skt_close(&client);
  CHECK(bind_loopback(SKT_IPV4, &server, &at));
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_connect(&s, &at), SKT_ECONNREFUSED);
  CHECK_EQ(skt_kind(&s), SKT_IPV4 | SKT_STREAM | SKT_FAILED);
  skt_close(&s);
  skt_close(&server);
  skt_close(&listener);
}

TEST(socket, protocol_may_be_named) {
  enum { TCP = 6, UDP = 17, NOBODYS = 253, OUT_OF_RANGE = 1 << 20 };
  skt s = {0};
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, TCP), 0);
  CHECK_EQ(skt_close(&s), 0);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, UDP), SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, NOBODYS), SKT_EPROTONOSUPPORT);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, OUT_OF_RANGE),
           SKT_EPROTONOSUPPORT);
  CHECK(is_zero(&s));
}

TEST(socket, unknown_domain_type_or_protocol_reports_einval) {
  static const struct {
    int domain, type, protocol;
  } bad[] = {
      {0, SKT_STREAM, 0},          {4, SKT_STREAM, 0},
      {-1, SKT_STREAM, 0},         {SKT_IPV4, 0, 0},
      {SKT_IPV4, 0x70, 0},         {SKT_IPV4, -1, 0},
      {SKT_IPV4, SKT_NONBLOCK, 0}, {SKT_IPV4, SKT_STREAM | SKT_DUAL_STACK, 0},
      {SKT_IPV4, SKT_STREAM, -1},  {SKT_STREAM, SKT_IPV4, 0},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
    skt s;
    memset(&s, 0xff, sizeof s);
    CHECK_EQ(skt_socket(&s, bad[i].domain, bad[i].type, bad[i].protocol),
             SKT_EINVAL);
    CHECK(is_zero(&s));
  }
}

TEST(socket, nonblock_flag_makes_it_nonblocking_at_once) {
  skt s = {0}, client = {0};
  skt_addr at = loopback(SKT_IPV4);
  CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM | SKT_NONBLOCK, 0), 0);
  CHECK_EQ(skt_blocking(&s), 0);
  CHECK_EQ(skt_bind(&s, &at, 0), 0);
  CHECK_EQ(skt_listen(&s, 1), 0);
  CHECK_EQ(skt_accept(&s, &client, NULL, 0), SKT_EAGAIN);
  CHECK_EQ(skt_close(&s), 0);
}

TEST(socket, second_close_meets_no_stranger) {
  skt a = {0}, b = {0};
  CHECK_EQ(skt_socket(&a, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_close(&a), 0);
  CHECK_EQ(skt_socket(&b, SKT_IPV4, SKT_STREAM, 0), 0);
  CHECK_EQ(skt_close(&a), SKT_EBADF);
  CHECK_EQ(skt_set_blocking(&b, true), 0);
  CHECK_EQ(skt_close(&b), 0);
}

/* A leak would push the handle numbers up: POSIX gives the lowest free one,
 * Windows counts in fours. */
TEST(socket, thousand_opened_and_closed_leak_nothing) {
  skt s = {0};
  uintptr_t first = 0, highest = 0;
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_socket(&s, SKT_IPV4, SKT_STREAM, 0), 0);
    first = i == 0 ? skt_native(&s) : first;
    highest = skt_native(&s) > highest ? skt_native(&s) : highest;
    CHECK_EQ(skt_close(&s), 0);
  }
  CHECK(highest - first < 500);
}

TEST(socket, thousand_accepted_and_closed_leak_nothing) {
  skt listener = {0}, client = {0}, server = {0};
  skt_addr at;
  uintptr_t first = 0, highest = 0;
  CHECK(listen_loopback(SKT_IPV4, &listener, &at));
  for (int i = 0; i < 1000; ++i) {
    CHECK_EQ(skt_socket(&client, SKT_IPV4, SKT_STREAM, 0), 0);
    CHECK_EQ(skt_connect(&client, &at), 0);
    CHECK_EQ(skt_accept(&listener, &server, NULL, 0), 0);
    first = i == 0 ? skt_native(&server) : first;
    highest = skt_native(&server) > highest ? skt_native(&server) : highest;
    CHECK_EQ(skt_close(&server), 0);
    CHECK_EQ(skt_close(&client), 0);
  }
  CHECK(highest - first < 500);
  skt_close(&listener);
}

TEST(socket, thousand_open_at_once_are_all_distinct) {
  static skt many[1000];
  for (int i = 0; i < 1000; ++i) {
    int rc = skt_socket(&many[i], SKT_IPV4, SKT_STREAM, 0);
    if (rc == SKT_EMFILE && i > 100) {
      break; /* a machine with a low limit has shown enough */
    }
    CHECK_EQ(rc, 0);
    CHECK(i == 0 || skt_native(&many[i]) != skt_native(&many[i - 1]));
  }
  for (int i = 0; i < 1000; ++i) {
    skt_close(&many[i]);
  }
}

static void open_one(void *out) {
  skt s = {0};
  *(int *)out = skt_socket(&s, SKT_IPV4, SKT_STREAM, 0);
  skt_close(&s);
}

/* ctest runs each test in its own process, so this is where Winsock starts. */
TEST(socket, first_use_from_eight_threads_at_once_works) {
  test_thread *threads[8];
  int results[8];
  for (int i = 0; i < 8; ++i) {
    results[i] = -1;
    threads[i] = test_start(open_one, &results[i]);
  }
  for (int i = 0; i < 8; ++i) {
    test_join(threads[i]);
    CHECK_EQ(results[i], 0);
  }
}

static void run_child(void *argument) { test_run_child(argument); }

/* Closing in the parent must end the connection though a child is running
 * that was started while the socket was open. */
TEST(socket, child_process_holds_neither_opened_nor_accepted_sockets) {
  skt control = {0}, child = {0}, ours[4] = {{0}};
  skt_addr at;
  char text[SKT_ADDR_TEXT_MAX], byte;
  CHECK(connect_pair(SKT_IPV4, &ours[0], &ours[1]));
  CHECK(connect_pair(SKT_IPV4, &ours[2], &ours[3]));
  CHECK(listen_loopback(SKT_IPV4, &control, &at));
  CHECK(skt_addr_format(&at, text, sizeof text) > 0);
  test_thread *thread = test_start(run_child, text);
  CHECK_EQ(skt_wait(&control, SKT_READ, 20000, NULL), SKT_READ);
  CHECK_EQ(skt_accept(&control, &child, NULL, 0), 0);

  CHECK_EQ(skt_close(&ours[0]), 0); /* made by skt_socket */
  CHECK_EQ(skt_close(&ours[3]), 0); /* made by skt_accept */
  int ended_1 = skt_wait(&ours[1], SKT_READ, 2000, NULL);
  int ended_2 = skt_wait(&ours[2], SKT_READ, 2000, NULL);
  skt_close(&child);
  skt_close(&control);
  test_join(thread);
  CHECK_EQ(ended_1, SKT_READ);
  CHECK_EQ(skt_read(&ours[1], &byte, 1), 0);
  CHECK_EQ(ended_2, SKT_READ);
  CHECK_EQ(skt_read(&ours[2], &byte, 1), 0);
  skt_close(&ours[1]);
  skt_close(&ours[2]);
}
