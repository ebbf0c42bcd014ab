/* SPDX-License-Identifier: MIT */
/* A hand-over where the system does less than it was asked, or breaks. The
 * backend of this system decides which of the two ways is played: a handle goes
 * with the bytes, or by a ticket. */
#include <string.h>

#include "fake_sys.h"
#include "handover.h"
#include "skt_test.h"

#define PLAY(...) fake_script((const fake_step[]){__VA_ARGS__, {0}})
#define CHECK_PLAYED() CHECK_STR(outcome(), "as expected")

enum { CAME = 50, TICKET = SKT__TICKET };

static const char *outcome(void) {
  return fake_trouble() == NULL ? "as expected" : fake_trouble();
}

static bool by_ticket(void) { return skt__system.ticket_size > 0; }

/* Scripts of several parts. */
static fake_step steps[64];
static size_t step_count;

static void add(const fake_step *more) {
  while (more->call != NULL) {
    steps[step_count++] = *more++;
  }
  steps[step_count] = (fake_step){NULL, 0};
}
#define ADD(...) add((const fake_step[]){__VA_ARGS__, {0}})
#define START(...) (step_count = 0, ADD(__VA_ARGS__))

static skt channel_of(int flags) {
  skt s;
  skt__fill(&s, (skt__os_handle)41,
            SKT_UNIX | (int)SKT_STREAM | SKT_CONNECTED | flags);
  return s;
}

/* The bytes that come: a frame and what the sender says next. A handle comes
 * with the next part, and with none behind it. */
static void let_come(const skt *s) {
  int limits[2] = {-1, -1};
  memset(fake_bytes, 0, sizeof fake_bytes);
  skt__frame_write(s, limits, fake_bytes);
  fake_came = by_ticket() ? SKT__NO_HANDLE : (skt__os_handle)CAME;
  fake_wrong = 0;
  fake_handle = CAME; /* of a ticket */
}

/* Until now handles came with the parts; from now on none does, or again. */
static void toggle(void) {
  fake_came =
      fake_came == SKT__NO_HANDLE ? (skt__os_handle)CAME : SKT__NO_HANDLE;
}

static void stay(void) {}

/* What follows the frame, up to the socket. */
static void add_rest_received(int kind) {
  if (by_ticket()) {
    ADD({"write", SKT__REPLY}, {"receive_with", TICKET}, {"take_ticket", 0});
  }
  ADD({"kind", kind});
  if (!skt__system.handles_share_mode) {
    ADD({"set_blocking", 0});
  }
}

static const int tcp = SKT_IPV4 | (int)SKT_STREAM;

TEST(handover_faults, frame_that_is_sent_in_parts_has_its_handle_once) {
  skt channel = channel_of(0), s = fake_connected();
  if (by_ticket()) {
    SKIP("a ticket carries the handle here");
  }
  PLAY({"send_with", 7}, {"write", SKT__EINTR}, {"write", 6},
       {"write", SKT__FRAME - 13});
  CHECK_EQ(skt_send_socket(&channel, &s), 0);
  CHECK_PLAYED();
  PLAY({"send_with", SKT__EINTR}, {"send_with", SKT__FRAME});
  CHECK_EQ(skt_send_socket(&channel, &s), 0);
  CHECK_EQ(fake_n, SKT__FRAME);
  CHECK_PLAYED();
}

TEST(handover_faults, nonblocking_sender_finishes_what_it_has_begun) {
  skt channel = channel_of(SKT_NONBLOCK), s = fake_connected();
  if (by_ticket()) {
    SKIP("a ticket carries the handle here");
  }
  PLAY({"send_with", SKT_EAGAIN});
  CHECK_EQ(skt_send_socket(&channel, &s), SKT_EAGAIN);
  CHECK_PLAYED();
  PLAY({"send_with", 1}, {"write", SKT_EAGAIN}, {"wait", SKT_WRITE},
       {"write", SKT__FRAME - 1});
  CHECK_EQ(skt_send_socket(&channel, &s), 0);
  CHECK_PLAYED();
  PLAY({"send_with", 1}, {"write", SKT_EAGAIN}, {"wait", 0},
       {"pass_us", 5000000});
  CHECK_EQ(skt_send_socket(&channel, &s), SKT_ETIMEDOUT);
  CHECK_PLAYED();
}

TEST(handover_faults, sender_reports_what_breaks_the_channel) {
  static const int codes[] = {SKT_ECONNRESET, SKT_EACCES, SKT_EMFILE,
                              SKT_ENOBUFS,    SKT_ENOMEM, SKT_EIO};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    skt channel = channel_of(0), s = fake_connected();
    PLAY({"send_with", codes[i]});
    CHECK_EQ(skt_send_socket(&channel, &s), codes[i]);
    CHECK_PLAYED();
    channel = channel_of(0);
    PLAY({"send_with", 5}, {"write", codes[i]});
    CHECK_EQ(skt_send_socket(&channel, &s), codes[i]);
    CHECK_EQ(fake_closed_count, 0);
    CHECK_PLAYED();
  }
}

TEST(handover_faults, frame_that_comes_in_parts_is_one) {
  skt channel = channel_of(0), s = fake_connected(), out;
  let_come(&s);
  fake_meanwhile = by_ticket() ? stay : toggle;
  START({"receive_with", SKT__EINTR}, {"receive_with", 3}, {"receive_with", 4},
        {"meanwhile", 0}, {"receive_with", SKT__FRAME - 7});
  add_rest_received(tcp);
  fake_script(steps);
  CHECK_EQ(skt_receive_socket(&channel, &out), 0);
  CHECK_EQ(skt_native(&out), CAME);
  CHECK_EQ(skt_kind(&out), skt_kind(&s));
  CHECK_EQ(fake_closed_count, 0);
  CHECK_PLAYED();
}

TEST(handover_faults, nonblocking_receiver_finishes_what_it_has_begun) {
  skt channel = channel_of(SKT_NONBLOCK), s = fake_connected(), out;
  PLAY({"receive_with", SKT_EAGAIN});
  CHECK_EQ(skt_receive_socket(&channel, &out), SKT_EAGAIN);
  CHECK_PLAYED();
  let_come(&s);
  fake_meanwhile = by_ticket() ? stay : toggle;
  START({"receive_with", 3}, {"receive_with", SKT_EAGAIN}, {"wait", SKT_READ},
        {"receive_with", SKT__FRAME - 3}, {"meanwhile", 0});
  add_rest_received(tcp);
  fake_script(steps);
  CHECK_EQ(skt_receive_socket(&channel, &out), 0);
  CHECK_EQ(skt_native(&out), CAME);
  CHECK_PLAYED();
}

/* Each of these has the handle, if handles come with bytes. */
static bool closes_what_came(int code, int closed) {
  skt channel = channel_of(SKT_NONBLOCK), out;
  fake_script(steps);
  bool good = skt_receive_socket(&channel, &out) == code &&
              skt_kind(&out) == SKT_EBADF && fake_trouble() == NULL &&
              fake_closed_count == (size_t)closed;
  return good && (closed == 0 || fake_closed[0] == (skt__os_handle)CAME);
}

TEST(handover_faults, channel_that_breaks_in_the_frame_closes_the_handle) {
  static const int codes[] = {0, SKT_ECONNRESET, SKT_EIO, SKT_ENOMEM};
  skt s = fake_connected();
  int closed = by_ticket() ? 0 : 1;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    int code = codes[i] == 0 ? (int)SKT_ENODATA : codes[i];
    START({"receive_with", codes[i]});
    CHECK(closes_what_came(code, 0));
    let_come(&s);
    START({"receive_with", 3}, {"receive_with", codes[i]});
    if (closed > 0) {
      ADD({"close", 0});
    }
    CHECK(closes_what_came(code, closed));
  }
  let_come(&s);
  START({"receive_with", 3}, {"receive_with", SKT_EAGAIN}, {"wait", 0},
        {"pass_us", 5000000});
  if (closed > 0) {
    ADD({"close", 0});
  }
  CHECK(closes_what_came(SKT_ETIMEDOUT, closed));
}

TEST(handover_faults, handles_that_are_too_many_are_closed_once) {
  skt s = fake_connected();
  if (by_ticket()) {
    SKIP("a ticket carries the handle here");
  }
  let_come(&s); /* a second one with the second part */
  START({"receive_with", 3}, {"receive_with", SKT__FRAME - 3}, {"close", 0},
        {"close", 0});
  CHECK(closes_what_came(SKT_EPROTO, 2));
  let_come(&s);
  fake_came = SKT__NO_HANDLE;
  START({"receive_with", SKT__FRAME});
  CHECK(closes_what_came(SKT_EPROTO, 0));
  let_come(&s); /* the backend has closed others */
  fake_came = SKT__NO_HANDLE;
  fake_wrong = SKT_EMFILE;
  START({"receive_with", SKT__FRAME});
  CHECK(closes_what_came(SKT_EMFILE, 0));
  fake_wrong = 0;
}

TEST(handover_faults, frame_of_nonsense_closes_the_handle) {
  skt s = fake_connected();
  int closed = by_ticket() ? 0 : 1;
  for (int at = 0; at < 4; ++at) {
    let_come(&s);
    fake_bytes[at] ^= 0x20;
    START({"receive_with", SKT__FRAME});
    if (closed > 0) {
      ADD({"close", 0});
    }
    CHECK(closes_what_came(SKT_EPROTO, closed));
  }
}

/* The kind is not what the frame says, or cannot be asked; or the mode cannot
 * be set. */
TEST(handover_faults, socket_that_proves_nothing_is_closed) {
  static const int kinds[] = {SKT_IPV6 | (int)SKT_STREAM,
                              SKT_IPV4 | (int)SKT_DATAGRAM, SKT_ENOTSOCK, 0};
  skt s = fake_connected();
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    let_come(&s);
    START({"receive_with", SKT__FRAME});
    add_rest_received(kinds[i]);
    step_count -= !skt__system.handles_share_mode;
    steps[step_count] = (fake_step){NULL, 0};
    int closed = kinds[i] < 0 && by_ticket() ? 0 : 1; /* any handle's number */
    if (closed > 0) {
      ADD({"close", 0});
    }
    CHECK(closes_what_came(SKT_EPROTO, closed));
  }
  if (!skt__system.handles_share_mode) {
    let_come(&s);
    START({"receive_with", SKT__FRAME});
    add_rest_received(tcp);
    steps[step_count - 1].result = SKT_ENOBUFS;
    ADD({"close", 0});
    CHECK(closes_what_came(SKT_ENOBUFS, 1));
  }
}

/* The reply comes in fake_bytes, where the frame that was sent has been. */
static void reply(void) {
  static const unsigned char good[SKT__REPLY] = {'S', 'K', 'T', 1, 7};
  memcpy(fake_bytes, good, sizeof good);
}
static void reply_nonsense(void) { memset(fake_bytes, 'x', SKT__REPLY); }

TEST(handover_faults, receiver_reports_what_becomes_of_its_ticket) {
  skt s = fake_connected();
  if (!by_ticket()) {
    SKIP("handles go with the bytes here");
  }
  let_come(&s);
  START({"receive_with", SKT__FRAME}, {"write", SKT_ECONNRESET});
  CHECK(closes_what_came(SKT_ECONNRESET, 0));
  let_come(&s);
  START({"receive_with", SKT__FRAME}, {"write", 3}, {"write", SKT__REPLY - 3},
        {"receive_with", 0});
  CHECK(closes_what_came(SKT_ENODATA, 0));
  let_come(&s);
  START({"receive_with", SKT__FRAME}, {"write", SKT__REPLY},
        {"receive_with", SKT_EAGAIN}, {"wait", SKT_READ}, {"receive_with", 600},
        {"receive_with", SKT_ECONNRESET});
  CHECK(closes_what_came(SKT_ECONNRESET, 0));
  let_come(&s);
  START({"receive_with", SKT__FRAME}, {"write", SKT__REPLY},
        {"receive_with", TICKET}, {"take_ticket", 0}, {"kind", SKT_EINVAL});
  CHECK(closes_what_came(SKT_EPROTO, 0)); /* a file, say */
}

TEST(handover_faults, refusals_of_a_ticket_have_their_codes) {
  static const int codes[][2] = {
      {SKT_EINVAL, SKT_EPROTO},   {SKT_ENOTSOCK, SKT_EPROTO},
      {SKT_EUNKNOWN, SKT_EPROTO}, {SKT_EACCES, SKT_EACCES},
      {SKT_EMFILE, SKT_EMFILE},   {SKT_ENFILE, SKT_ENFILE},
      {SKT_ENOBUFS, SKT_ENOBUFS}, {SKT_ENOMEM, SKT_ENOMEM}};
  skt channel = channel_of(0), s = fake_connected();
  if (!by_ticket()) {
    SKIP("handles go with the bytes here");
  }
  for (size_t i = 0; i < sizeof codes / sizeof *codes; ++i) {
    let_come(&s);
    fake_handle = (int)SKT__NO_HANDLE; /* the backend leaves none */
    START({"receive_with", SKT__FRAME}, {"write", SKT__REPLY},
          {"receive_with", TICKET}, {"take_ticket", codes[i][0]});
    CHECK(closes_what_came(codes[i][1], 0));
    fake_meanwhile = reply;
    PLAY({"send_with", SKT__FRAME}, {"receive_with", SKT__REPLY},
         {"meanwhile", 0}, {"make_ticket", codes[i][0]});
    CHECK_EQ(skt_send_socket(&channel, &s), codes[i][1]);
    CHECK_PLAYED();
  }
}

TEST(handover_faults, sender_makes_a_ticket_only_for_an_answer) {
  skt channel = channel_of(SKT_NONBLOCK), s = fake_connected();
  if (!by_ticket()) {
    SKIP("handles go with the bytes here");
  }
  fake_came = SKT__NO_HANDLE;
  fake_meanwhile = reply;
  PLAY({"send_with", SKT__FRAME}, {"receive_with", SKT_EAGAIN},
       {"wait", SKT_READ}, {"receive_with", 3}, {"meanwhile", 0},
       {"receive_with", SKT__REPLY - 3}, {"make_ticket", 0}, {"write", 600},
       {"write", SKT_EAGAIN}, {"wait", SKT_WRITE}, {"write", TICKET - 600});
  CHECK_EQ(skt_send_socket(&channel, &s), 0);
  CHECK_PLAYED();
  fake_meanwhile = reply_nonsense;
  PLAY({"send_with", SKT__FRAME}, {"receive_with", SKT__REPLY},
       {"meanwhile", 0});
  CHECK_EQ(skt_send_socket(&channel, &s), SKT_EPROTO);
  CHECK_PLAYED();
  fake_meanwhile = reply;
  PLAY({"send_with", SKT__FRAME}, {"receive_with", 0});
  CHECK_EQ(skt_send_socket(&channel, &s), SKT_ENODATA);
  CHECK_PLAYED();
}

TEST(handover_faults, frame_of_no_kind_and_no_state_is_refused) {
  static const uint32_t kinds[] = {
      0,
      SKT_STREAM | SKT_CONNECTED,
      SKT_IPV4 | SKT_CONNECTED,
      0x04 | SKT_STREAM | SKT_CONNECTED,
      SKT_IPV4 | SKT_PACKET | SKT_CONNECTED,
      SKT_IPV4 | SKT_STREAM | SKT_CONNECTING,
      SKT_IPV4 | SKT_STREAM | (SKT_FAILED + SKT_BOUND),
      SKT_IPV4 | SKT_STREAM | SKT_CONNECTED | 0x10000};
  static const int16_t states[] = {6, 300, -4096, SKT_ECANCELED};
  skt s = fake_connected(), got;
  unsigned char good[SKT__FRAME], frame[SKT__FRAME];
  int limits[2] = {-1, 100}, less = -2;
  skt__frame_write(&s, limits, good);
  CHECK_EQ(skt__frame_read(good, &got, limits), 0);
  CHECK_EQ(limits[1], 100);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
    memcpy(frame, good, sizeof frame);
    memcpy(frame + 4, &kinds[i], sizeof kinds[i]);
    CHECK_EQ(skt__frame_read(frame, &got, limits), SKT_EPROTO);
  }
  for (size_t i = 0; i < 2 * sizeof states / sizeof *states; ++i) {
    memcpy(frame, good, sizeof frame);
    memcpy(frame + 8 + 2 * (i % 2), &states[i / 2], sizeof states[0]);
    CHECK_EQ(skt__frame_read(frame, &got, limits), SKT_EPROTO);
  }
  for (size_t i = 0; i < 2; ++i) {
    memcpy(frame, good, sizeof frame);
    memcpy(frame + 12 + 4 * i, &less, sizeof less);
    CHECK_EQ(skt__frame_read(frame, &got, limits), SKT_EPROTO);
  }
}
