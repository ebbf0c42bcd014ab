/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "fake_sys.h"

#include "control.h"

#include "sys_names.h"

#include <stdlib.h>
#include <string.h>

size_t fake_n, fake_count;
const void *fake_buffer;
int fake_timeout_ms, fake_limit_ms, fake_option, fake_backlog;
int fake_type, fake_protocol, fake_direction, fake_events;
char fake_option_text[32];
skt_addr fake_group, fake_source, fake_to, fake_peers[64];
size_t fake_peer_count;
int fake_handle = 42;
int fake_flags;
skt *fake_cancelled;
void (*fake_meanwhile)(void);
bool fake_only_joined, fake_icmp, fake_restart, fake_inherited,
    fake_nonblocking, fake_connecting;
bool fake_blocking;
const skt_addr *fake_found;
size_t fake_found_count;
int fake_native, fake_lists;
uint32_t fake_process = 1, fake_device;
char fake_name[SKT_NAME_MAX];
skt__helper *fake_helper;
void (*fake_interfaces)(skt__found *found, size_t *bytes);

fake_packet fake_packets[256];
fake_datagram fake_wire[4096];
size_t fake_packet_count, fake_wire_count;

static const fake_step *next;
static const char *unexpected;
static int64_t now_us = 1000000;

void fake_script(const fake_step *steps) {
  next = steps;
  unexpected = NULL;
  fake_packet_count = fake_wire_count = fake_closed_count = 0;
}

const char *fake_trouble(void) {
  return unexpected != NULL ? unexpected : next->call;
}

static bool is_next(const char *call) {
  return next->call != NULL && strcmp(next->call, call) == 0;
}

static long long play(const char *call) {
  if (!is_next(call)) {
    unexpected = unexpected != NULL ? unexpected : call;
    return SKT_EUNKNOWN;
  }
  long long result = next++->result;
  if (is_next("pass_us")) {
    now_us += next++->result;
  }
  if (is_next("is_cancelled")) {
    (void)SKT__OR(&fake_cancelled->calls, SKT__CANCELLED);
    ++next;
  }
  if (is_next("meanwhile")) {
    ++next;
    fake_meanwhile();
  }
  return result;
}

static int code(const char *call) { return (int)play(call); }

skt fake_connected(void) {
  skt s;
  skt__fill(&s, (skt__os_handle)42, SKT_IPV4 | SKT_STREAM | SKT_CONNECTED);
  return s;
}

int skt__sys_start(void) { return code("start"); }

int skt__sys_socket(skt__os_handle *out, int domain, int type, int protocol,
                    bool nonblocking) {
  (void)domain, (void)nonblocking;
  fake_type = type;
  fake_protocol = protocol;
  *out = (skt__os_handle)fake_handle;
  fake_handle += fake_handle >= 100;
  return code("socket");
}

int skt__sys_bind(skt__os_handle s, const skt_addr *local, int flags) {
  (void)s;
  fake_peers[fake_peer_count++ % 64] = *local;
  fake_flags = flags;
  return code("bind");
}

int skt__sys_listen(skt__os_handle s, int backlog, bool restart) {
  (void)s;
  fake_backlog = backlog;
  fake_restart = restart;
  return code("listen");
}

int skt__sys_accept(skt__os_handle s, skt__os_handle *out, skt_addr *peer,
                    bool inherited, bool nonblocking) {
  (void)s, (void)peer;
  fake_inherited = inherited;
  fake_nonblocking = nonblocking;
  *out = (skt__os_handle)43;
  return code("accept");
}

int skt__sys_connect(skt__os_handle s, const skt_addr *peer, bool is_loopback) {
  (void)s, (void)is_loopback;
  fake_peers[fake_peer_count++ % 64] = *peer;
  return code("connect");
}

int skt__sys_disconnect(skt__os_handle s, int domain) {
  (void)s, (void)domain;
  return code("disconnect");
}

int skt__sys_shutdown_write(skt__os_handle s) {
  (void)s;
  return code("shutdown_write");
}

ptrdiff_t skt__sys_read(skt__os_handle s, void *buffer, size_t n) {
  (void)s;
  fake_buffer = buffer;
  fake_n = n;
  return (ptrdiff_t)play("read");
}

ptrdiff_t skt__sys_write(skt__os_handle s, const void *buffer, size_t n) {
  (void)s;
  fake_buffer = buffer;
  fake_n = n;
  return (ptrdiff_t)play("write");
}

ptrdiff_t skt__sys_write_now(skt__os_handle s, const void *buffer, size_t n) {
  (void)s;
  fake_buffer = buffer;
  fake_n = n;
  return (ptrdiff_t)play("write_now");
}

ptrdiff_t skt__sys_receive(skt__os_handle s, void *buffer, size_t n,
                           skt_addr *from, bool *truncated) {
  (void)s, (void)from;
  fake_buffer = buffer;
  fake_n = n;
  *truncated = false;
  return (ptrdiff_t)play("receive");
}

ptrdiff_t skt__sys_receive_from(skt__os_handle s, void *buffer, size_t n,
                                skt_addr *from) {
  (void)s;
  fake_buffer = buffer;
  fake_n = n;
  skt__addr_any(from, SKT_IPV4);
  return (ptrdiff_t)play("receive");
}

ptrdiff_t skt__sys_receive_size(skt__os_handle s, void *buffer, size_t n,
                                skt_addr *from) {
  return skt__sys_receive_from(s, buffer, n, from);
}

ptrdiff_t skt__sys_send_to(skt__os_handle s, const void *buffer, size_t n,
                           const skt_addr *to) {
  (void)s;
  fake_buffer = buffer;
  fake_n = n;
  fake_to = *to;
  return (ptrdiff_t)play("send_to");
}

/* The byte at a place of the pieces; -1 behind their end. */
static int byte_at(const skt__packet *p, size_t at) {
  for (size_t i = 0; i < p->count; ++i) {
    if (at < p->pieces[i].n) {
      return ((const unsigned char *)p->pieces[i].data)[at];
    }
    at -= p->pieces[i].n;
  }
  return -1;
}

static void note_datagrams(const skt__packet *p, const fake_packet *noted) {
  size_t at = 0;
  do {
    size_t left = noted->bytes - at;
    size_t n =
        noted->segment == 0 || noted->segment > left ? left : noted->segment;
    fake_wire[fake_wire_count++ % 4096] =
        (fake_datagram){n, byte_at(p, at), noted->port};
    at += n;
  } while (at < noted->bytes);
}

static void note_packet(const skt__packet *p, fake_packet *out) {
  *out = (fake_packet){.pieces = p->count, .port = -1};
  for (size_t i = 0; i < p->count; ++i) {
    out->bytes += p->pieces[i].n;
  }
  if (p->peer != NULL) {
    out->port = skt_addr_port(p->peer);
  }
  out->segment = skt__control_read(p->control, p->control_n, &out->choices);
}

ptrdiff_t skt__sys_send_packets(skt__os_handle s, const skt__packet *p,
                                size_t count) {
  (void)s;
  fake_count = count;
  ptrdiff_t rc = (ptrdiff_t)play("send_packets");
  for (ptrdiff_t i = 0; i < rc; ++i) {
    fake_packet *noted = &fake_packets[fake_packet_count++ % 256];
    note_packet(&p[i], noted);
    note_datagrams(&p[i], noted);
  }
  return rc;
}

void (*fake_receive)(skt_message *m, skt__control *control, size_t i);
bool fake_now;

ptrdiff_t skt__sys_receive_messages(skt__os_handle s, const skt__places *p,
                                    skt_message *m, size_t count, bool now) {
  (void)s;
  fake_count = count;
  fake_now = now;
  ptrdiff_t rc = (ptrdiff_t)play("receive_messages");
  for (ptrdiff_t i = 0; i < rc; ++i) {
    skt__control *control = p->control == NULL ? NULL : &p->control[i];
    m[i].data = p->buffer + (size_t)i * p->part;
    m[i].cut = false;
    m[i].n = m[i].size = 0;
    m[i].peer.length = 0;
    if (control != NULL) {
      control->n = 0;
      control->cut = false;
    }
    if (fake_receive != NULL) {
      fake_receive(&m[i], control, (size_t)i);
    }
  }
  return rc;
}

ptrdiff_t skt__sys_peek(skt__os_handle s, void *buffer, size_t n) {
  (void)s;
  fake_buffer = buffer;
  fake_n = n;
  return (ptrdiff_t)play("peek");
}

static size_t sum(const skt_buffer *b, size_t count) {
  size_t n = 0;
  for (size_t i = 0; i < count; ++i) {
    n += b[i].n;
  }
  return n;
}

ptrdiff_t skt__sys_readv(skt__os_handle s, const skt_buffer *b, size_t count) {
  (void)s;
  fake_buffer = b[0].data;
  fake_n = sum(b, count);
  fake_count = count;
  return (ptrdiff_t)play("readv");
}

ptrdiff_t skt__sys_writev(skt__os_handle s, const skt_buffer *b, size_t count) {
  (void)s;
  fake_buffer = b[0].data;
  fake_n = sum(b, count);
  fake_count = count;
  return (ptrdiff_t)play("writev");
}

skt__os_handle fake_closed[64];
size_t fake_closed_count;

int skt__sys_close(skt__os_handle s) {
  fake_closed[fake_closed_count++ % 64] = s;
  return code("close");
}

int skt__sys_linger(skt__os_handle s, bool reset) {
  (void)s;
  return code(reset ? "reset_on_close" : "no_linger");
}

int skt__sys_cancel(skt__os_handle s) {
  (void)s;
  return code("cancel");
}

int skt__sys_set_blocking(skt__os_handle s, bool blocking) {
  (void)s;
  fake_blocking = blocking;
  return code("set_blocking");
}

int skt__sys_is_blocking(skt__os_handle s) {
  (void)s;
  return code("is_blocking");
}

void skt__sys_report_icmp(skt__os_handle s, bool on) {
  (void)s;
  fake_icmp = on;
}

void skt__sys_only_joined(skt__os_handle s, int domain) {
  (void)s, (void)domain;
  fake_only_joined = true;
}

int skt__sys_group(skt__os_handle s, int change, const skt__membership *m) {
  static const char *const calls[] = {"join", "leave", "block", "unblock"};
  (void)s;
  fake_group = *m->group;
  fake_source = m->source != NULL ? *m->source : (skt_addr){.length = 0};
  fake_device = m->device;
  return code(calls[change]);
}

int skt__sys_group_mode(skt__os_handle s, const skt__membership *m) {
  (void)s, (void)m;
  return code("group_mode");
}

int skt__sys_set_limit(skt__os_handle s, int direction, int limit_ms) {
  (void)s, (void)direction;
  fake_limit_ms = limit_ms;
  return code("set_limit");
}

int skt__sys_limit(skt__os_handle s, int direction, int *limit_ms) {
  (void)s;
  fake_direction = direction;
  int rc = code("limit");
  *limit_ms = rc < 0 ? -1 : fake_limit_ms;
  return rc;
}

/* Each item's events are 8 bits of the result, the first one's the lowest; and
 * FAKE_WOKEN is the waker's. */
static int play_wait(const char *call, skt__wait_item *items, size_t count,
                     int timeout_ms) {
  fake_connecting = count > 0 && (items[0].wanted & SKT__FAILED) != 0;
  fake_events = count > 0 ? items[0].wanted & SKT_BOTH : 0;
  fake_timeout_ms = timeout_ms;
  long long result = play(call);
  int ready = 0;
  for (size_t i = 0; i < count && result > 0; ++i) {
    bool is_waker = items[i].handle == FAKE_WAKER;
    bool woken = is_waker && (result & FAKE_WOKEN) != 0;
    items[i].got = is_waker ? woken : (int)(result >> 8 * i) & 0xff;
    ready += items[i].got != 0;
  }
  return result < 0 ? (int)result : ready;
}

int skt__sys_wait(skt__wait_item *items, size_t count, void *room,
                  int timeout_ms) {
  (void)room;
  return play_wait("wait", items, count, timeout_ms);
}

int skt__sys_wait_unlimited(skt__wait_item *items, size_t count, void *room,
                            int timeout_ms) {
  (void)room;
  return play_wait("wait_unlimited", items, count, timeout_ms);
}

int skt__sys_waker_create(skt__os_handle *read_end, skt__os_handle *write_end) {
  *read_end = FAKE_WAKER;
  *write_end = (skt__os_handle)45;
  return code("waker_create");
}

int skt__sys_waker_write(skt__os_handle write_end) {
  (void)write_end;
  return code("waker_write");
}

void skt__sys_waker_drain(skt__os_handle read_end) {
  (void)read_end;
  play("waker_drain");
}

int skt__sys_poller_create(skt_poller *p) {
  (void)p;
  return code("poller_create");
}

void skt__sys_poller_destroy(skt_poller *p) {
  (void)p;
  play("poller_destroy");
}

int skt__sys_poller_add(skt_poller *p, skt__os_handle s, int events,
                        void *user) {
  (void)p, (void)s, (void)events, (void)user;
  return code("poller_add");
}

int skt__sys_poller_modify(skt_poller *p, skt__os_handle s, int events,
                           void *user) {
  (void)p, (void)s, (void)events, (void)user;
  return code("poller_modify");
}

int skt__sys_poller_remove(skt_poller *p, skt__os_handle s) {
  (void)p, (void)s;
  return code("poller_remove");
}

int skt__sys_poller_wait(skt_poller *p, skt_event *events, size_t capacity,
                         int timeout_ms) {
  (void)p;
  fake_n = capacity;
  fake_timeout_ms = timeout_ms;
  long long result = play("poller_wait");
  if (result == FAKE_WOKEN) {
    events[0] = (skt_event){.events = SKT_WOKEN};
    result = 1 | SKT__WOKE;
  }
  return (int)result;
}

int skt__sys_poller_wake(skt_poller *p) {
  (void)p;
  return code("poller_wake");
}

void skt__sys_poller_closing(skt__os_handle s) { (void)s; }

void skt__sys_poller_cancelled(skt__os_handle s) { (void)s; }

int skt__sys_pending_error(skt__os_handle s) {
  (void)s;
  return code("pending_error");
}

const skt_addr *(*fake_address)(skt__os_handle s, bool peer);

int skt__sys_local(skt__os_handle s, skt_addr *out) {
  if (fake_address != NULL) {
    *out = *fake_address(s, false);
  }
  return code("local");
}

int skt__sys_peer(skt__os_handle s, skt_addr *out) {
  *out = fake_address != NULL ? *fake_address(s, true) : fake_to;
  return code("peer");
}

int skt__sys_kind(skt__os_handle s) {
  (void)s;
  return code("kind");
}

int skt__sys_listens(skt__os_handle s) {
  (void)s;
  return code("listens");
}

bool skt__sys_connects(skt__os_handle s) {
  (void)s;
  return code("connects") > 0;
}

int skt__sys_dual_stack(skt__os_handle s) {
  (void)s;
  return code("dual_stack");
}

int skt__sys_pair(skt__os_handle out[2], int type, bool nonblocking) {
  fake_type = type;
  fake_nonblocking = nonblocking;
  out[0] = (skt__os_handle)fake_handle;
  out[1] = (skt__os_handle)(fake_handle + 1);
  return code("pair");
}

int skt__sys_duplicate(skt__os_handle s, skt__os_handle *out) {
  *out = s + 1;
  return code("duplicate");
}

int skt__sys_inherit(skt__os_handle s, bool inherited) {
  (void)s;
  fake_inherited = inherited;
  return code("inherit");
}

/* What "receive_with" leaves: bytes, and a handle if it is not
 * SKT__NO_HANDLE. */
unsigned char fake_bytes[1024];
skt__os_handle fake_came = SKT__NO_HANDLE;
int fake_wrong;

ptrdiff_t skt__sys_send_with(skt__os_handle channel, const void *bytes,
                             size_t n, skt__os_handle handed) {
  (void)channel, (void)handed;
  fake_n = n;
  memcpy(fake_bytes, bytes, n < sizeof fake_bytes ? n : sizeof fake_bytes);
  return (ptrdiff_t)play("send_with");
}

ptrdiff_t skt__sys_receive_with(skt__os_handle channel, void *bytes, size_t n,
                                skt__os_handle *out, int *wrong) {
  (void)channel;
  fake_n = n;
  ptrdiff_t rc = (ptrdiff_t)play("receive_with");
  if (rc > 0) {
    memcpy(bytes, fake_bytes, (size_t)rc);
    memmove(fake_bytes, fake_bytes + rc, sizeof fake_bytes - (size_t)rc);
  }
  *out = rc > 0 ? fake_came : SKT__NO_HANDLE;
  if (fake_wrong != 0) {
    *wrong = fake_wrong;
  }
  return rc;
}

int skt__sys_make_ticket(skt__os_handle s, uint32_t process, void *ticket) {
  (void)s, (void)process, (void)ticket;
  return code("make_ticket");
}

int skt__sys_take_ticket(const void *ticket, skt__os_handle *out) {
  (void)ticket;
  *out = (skt__os_handle)fake_handle;
  return code("take_ticket");
}

int skt__sys_adopt(skt__os_handle s) {
  (void)s;
  return code("adopt");
}

/* Control data of a system that is none: the levels are 1 for IPv4, 2 for IPv6,
 * 3 for the socket, 4 for UDP. */
const skt__control_row skt__sys_controls[] = {
    {SKT_HAS_LOCAL, SKT_IPV4, 1, 1, 12, 8, 0, 4},
    {SKT_HAS_LOCAL, SKT_IPV6, 2, 1, 20, 0, 16, 0},
    {SKT_HAS_HOPS, SKT_IPV4, 1, 2, 4, 255, 255, 255},
    {SKT_HAS_HOPS, SKT_IPV6, 2, 2, 4, 255, 255, 255},
    {SKT_HAS_CLASS, SKT_IPV4, 1, 3, 1, 255, 255, 255},
    {SKT_HAS_CLASS, SKT_IPV6, 2, 3, 4, 255, 255, 255},
    {SKT_HAS_TIME, 0, 3, 1, 0, 255, 255, 255},
    {SKT__HAS_MICROSECONDS, 0, 3, 2, 0, 255, 255, 255},
    {SKT__HAS_SEGMENT, 0, 4, 1, 2, 255, 255, 255},
    {SKT__HAS_SEGMENT, 0, 4, 2, 0, 255, 255, 255},
    {0},
};

const skt__option_row skt__sys_train_option = {SKT_OPT_SEND_TRAINS, 0, 4, 1,
                                               SKT__AS_IS};

/* One of each form; and no SKT_OPT_MARK, SKT_OPT_CORK. */
const skt__option_row skt__sys_options[] = {
    {SKT_OPT_SEND_BUFFER, 0, 1, 1, SKT__BUFFER},
    {SKT_OPT_RECEIVE_BUFFER, 0, 1, 2, SKT__AS_IS},
    {SKT_OPT_USER_TIMEOUT, 0, 1, 3, SKT__SECONDS},
    {SKT_OPT_DEVICE, SKT_IPV4, 1, 4, SKT__NETWORK_ORDER},
    {SKT_OPT_DEVICE, SKT_IPV6, 1, 5, SKT__AS_IS},
    {SKT_OPT_FAST_OPEN, 0, 1, 6, SKT__SWITCH},
    {SKT_OPT_FAST_OPEN_CONNECT, 0, 1, 7, SKT__AS_IS},
    {SKT_OPT_BIND_NO_PORT, 0, 1, 8, SKT__AS_IS},
    {SKT_OPT_PROTOCOL, 0, 1, 9, SKT__AS_IS},
    {SKT_OPT_CONGESTION, 0, 1, 10, SKT__AS_IS},
    {SKT_OPT_MULTICAST_HOPS, SKT_IPV4, 1, 11, SKT__BYTE},
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV4, 1, 12, SKT__DISCOVERY},
    {SKT_OPT_DONT_FRAGMENT, SKT_IPV6, 1, 13, SKT__AS_IS},
    {SKT_OPT_PATH_MTU, 0, 1, 14, SKT__AS_IS},
    {0},
};

int skt__sys_get_option(skt__os_handle s, const skt__option_row *row,
                        int *value) {
  (void)s, (void)row;
  *value = fake_option;
  return code("get_option");
}

int skt__sys_set_option(skt__os_handle s, const skt__option_row *row,
                        int value) {
  (void)s, (void)row;
  fake_option = value;
  return code("set_option");
}

int skt__sys_get_option_text(skt__os_handle s, const skt__option_row *row,
                             char *text, size_t capacity) {
  (void)s, (void)row;
  snprintf(text, capacity, "%s", fake_option_text);
  return code("get_option_text");
}

int skt__sys_set_option_text(skt__os_handle s, const skt__option_row *row,
                             const char *text, size_t n) {
  (void)s, (void)row;
  snprintf(fake_option_text, sizeof fake_option_text, "%.*s", (int)n, text);
  return code("set_option_text");
}

int64_t fake_offset;
int fake_held;
bool fake_raised;
skt_process fake_who;

int skt__sys_file_begin(skt__file *f, intptr_t native) {
  f->native = native;
  return code("file_begin");
}

void skt__sys_file_end(skt__file *f) {
  (void)f;
  play("file_end");
}

ptrdiff_t skt__sys_file_read_at(skt__file *f, void *buffer, size_t n,
                                int64_t offset) {
  (void)f, (void)buffer;
  fake_n = n;
  fake_offset = offset;
  return (ptrdiff_t)play("file_read_at");
}

ptrdiff_t skt__sys_file_read(skt__file *f, void *buffer, size_t n) {
  (void)f, (void)buffer;
  fake_n = n;
  return (ptrdiff_t)play("file_read");
}

ptrdiff_t skt__sys_send_file(skt__os_handle s, skt__file *f, int64_t offset,
                             size_t n) {
  (void)s, (void)f;
  fake_n = n;
  fake_offset = offset;
  return (ptrdiff_t)play("send_file");
}

int skt__sys_hold_signal(void) { return code("hold_signal"); }

void skt__sys_release_signal(int held, bool raised) {
  fake_held = held;
  fake_raised = raised;
  play("release_signal");
}

intptr_t skt__sys_file_of(void *stream) {
  (void)stream;
  return (intptr_t)play("file_of");
}

int skt__sys_stale_lock(const char *path, intptr_t *lock) {
  snprintf(fake_option_text, sizeof fake_option_text, "%s", path);
  *lock = 77;
  return code("stale_lock");
}

void skt__sys_stale_unlock(intptr_t lock) {
  fake_n = (size_t)lock;
  play("stale_unlock");
}

int skt__sys_stale_look(const char *path) {
  (void)path;
  return code("stale_look");
}

int skt__sys_stale_remove(const char *path) {
  (void)path;
  return code("stale_remove");
}

int skt__sys_peer_process(skt__os_handle s, skt_process *who) {
  (void)s;
  *who = fake_who;
  return code("peer_process");
}

int64_t skt__sys_now_us(void) { return now_us; }

/* "eth7" has its number; "none-24" fails with the code -24. */
int64_t skt__sys_interface(const char *name) {
  if (strncmp(name, "none", 4) == 0) {
    return strtol(name + 4, NULL, 10);
  }
  return strcmp(name, "eth7") == 0 ? 7 : SKT_ENODEV;
}

int skt__sys_interface_name(skt__os_handle s, int index, char *name) {
  (void)s;
  if (index != 7) {
    return SKT_ENODEV;
  }
  memcpy(name, "eth7", sizeof "eth7");
  return 0;
}

int skt__sys_native_error(void) { return fake_native; }

int skt__sys_failed(int call) {
  (void)call;
  return code("failed");
}
int skt__sys_interfaces(skt__found *found, void *room, size_t *bytes) {
  (void)room;
  int rc = code("interfaces");
  fake_interfaces(found, bytes);
  return rc;
}

const skt__code_row skt__sys_codes[] = {
    {SKT__IN_CONNECT, SKT_ENOENT, 7}, {0, SKT_EIO, 7}, {0, 0, 0}};

/*
 * Names. The list of a look-up is fake_found; a reverse one finds fake_name.
 */

void skt__sys_lookup(skt__lookup *l) {
  bool reverse = l->about.length > 0;
  if (reverse) {
    memcpy(l->name, fake_name, sizeof fake_name);
  } else {
    memcpy(fake_name, l->name, sizeof fake_name);
  }
  fake_to = l->about;
  l->rc = code("lookup");
  l->native = l->rc < 0 ? fake_native + 1 : 0;
  fake_n = 0;
  if (l->rc == 0 && !reverse) {
    l->list = l->rest = &fake_lists;
    ++fake_lists;
  }
}

int skt__sys_lookup_next(skt__lookup *l, skt_addr *out) {
  if (l->rest == NULL || fake_n == fake_found_count) {
    return 0;
  }
  (void)skt__addr_set(out, fake_found[fake_n].words, fake_found[fake_n].length);
  ++fake_n;
  return 1;
}

void skt__sys_lookup_free(skt__lookup *l) {
  fake_lists -= l->list != NULL;
  l->list = l->rest = NULL;
}

void skt__sys_keep_native(int native) { fake_native = native; }

uint32_t skt__sys_process(void) { return fake_process; }

int skt__sys_helper_start(skt__helper **out, const skt__lookup *question,
                          bool wakeable) {
  fake_events = wakeable;
  *out = fake_helper = calloc(1, sizeof *fake_helper);
  fake_helper->lookup = *question;
  fake_helper->owners = SKT__CALLER | SKT__THREAD;
  int rc = code("helper_start");
  if (rc < 0) {
    free(fake_helper);
  }
  return rc;
}

int skt__sys_helper_wait(skt__helper *h, skt__os_handle waker, int timeout_ms) {
  (void)h, (void)waker;
  fake_timeout_ms = timeout_ms;
  return code("helper_wait");
}

void skt__sys_helper_give_up(skt__helper *h) {
  (void)h;
  play("helper_give_up");
}

void skt__sys_helper_free(skt__helper *h) {
  play("helper_free");
  free(h);
}

const skt__code_row skt__sys_name_codes[] = {{0, SKT_ENONAME, 7}, {0, 0, 0}};
