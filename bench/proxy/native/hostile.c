// Bad clients: CLIENTS of them, a fifth of each kind, each opened again once it has ended, at most OPENS a second together.
//   hostile PORT CLIENTS OPENS
// Prints "ready" when all have been opened once; when its standard input ends, one line of JSON. Kinds:
//   silent   connects and says nothing
//   drip     one byte a second of a frame that would be good
//   garbage  4 KiB of noise without a frame at once, and again every second
//   length   a whole header that announces 4 GiB
//   reset    resets at once, every other one behind the first bytes of a frame
#define _GNU_SOURCE
#include "latency.h"
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, SOURCES = 16, NOISE = 4096, KINDS = 5, TURN_MS = 20 };
#define SECOND_NS 1000000000u

typedef enum { SILENT, DRIP, GARBAGE, LENGTH, RESET } bad_kind;

typedef struct {
  int fd; // -1 while it waits for its turn
  int is_connected, said;
  uint64_t due; // of DRIP and GARBAGE: when it speaks next
} client;

static client *clients;
static int *waiting, waiting_from, waiting_count, count, poller, port;
static uint64_t opens_numbered;
static uint8_t noise[NOISE];
static struct { uint64_t opened, ended, failed, answered, open; } seen;

static void wait_again(int index) {
  clients[index].fd = -1;
  waiting[(waiting_from + waiting_count++) % count] = index;
}

static void drop(int index, int is_reset) {
  struct linger now = {.l_onoff = 1};
  if (is_reset) setsockopt(clients[index].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(clients[index].fd);
  seen.open--;
  wait_again(index);
}

/** What the kind sends next. @returns 0 when the client has ended */
static int speak(int index) {
  client *c = &clients[index];
  static const char frame[] = "*\0\0\0\x24" "C00000001-----key0000000000001======";
  static const char huge[] = "*\xff\xff\xff\xff" "C00000001-----key0000000000001======";
  const void *from = frame;
  size_t length = 1;
  switch ((bad_kind)(index % KINDS)) {
  case SILENT: return 1;
  case DRIP:
    if (c->said >= FRAME_MIN - 1) return 1; // all but the end: a frame would be a good client's
    from = frame + c->said;
    break;
  case GARBAGE: from = noise, length = sizeof noise; break;
  case LENGTH: from = huge, length = sizeof huge - 1; break;
  case RESET:
    if (index % 2) send(c->fd, frame, 7, MSG_NOSIGNAL);
    return drop(index, 1), 0;
  }
  ssize_t n = send(c->fd, from, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0 && errno != EAGAIN) return seen.ended++, drop(index, 0), 0;
  if (n > 0) c->said += n;
  c->due = index % KINDS == LENGTH ? UINT64_MAX : now_ns() + SECOND_NS;
  return 1;
}

static void begin(int index) {
  client *c = &clients[index];
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + opens_numbered++ % SOURCES)};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  *c = (client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), .due = UINT64_MAX};
  if (c->fd < 0) fail("socket");
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(c->fd, (void *)&from, sizeof from)) fail("bind");
  seen.opened++;
  seen.open++;
  if (connect(c->fd, (void *)&to, sizeof to) && errno != EINPROGRESS) return seen.failed++, drop(index, 0);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u32 = index};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event)) fail("epoll_ctl");
}

static void progress(int index, uint32_t ready) {
  client *c = &clients[index];
  if (c->fd < 0) return;
  if (!c->is_connected && ready & (EPOLLERR | EPOLLHUP)) return seen.failed++, drop(index, 0);
  if (!c->is_connected && ready & EPOLLOUT) {
    c->is_connected = 1;
    if (!speak(index)) return;
  }
  if (!(ready & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))) return;
  uint8_t bytes[256];
  ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n > 0) seen.answered++;
  else seen.ended++;
  drop(index, 0);
}

static void run(int opens) {
  static struct epoll_event events[EVENTS];
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  double may_open = 0;
  int is_ready = 0;
  for (uint64_t before = now_ns(), spoken = before; poll(&input, 1, 0) == 0;) {
    uint64_t now = now_ns();
    may_open += (double)(now - before) / SECOND_NS * opens;
    if (may_open > opens / 10.0) may_open = opens / 10.0;
    for (before = now; may_open >= 1 && waiting_count; may_open--) {
      int index = waiting[waiting_from];
      waiting_from = (waiting_from + 1) % count;
      waiting_count--;
      begin(index);
    }
    if (!is_ready && seen.opened >= (uint64_t)count) is_ready = 1, puts("ready"), fflush(stdout);
    for (int i = 0; i < count && now - spoken > SECOND_NS / 20; i++)
      if (clients[i].fd >= 0 && clients[i].due <= now) speak(i);
    if (now - spoken > SECOND_NS / 20) spoken = now;
    int n = epoll_wait(poller, events, EVENTS, TURN_MS);
    for (int i = 0; i < n; i++) progress(events[i].data.u32, events[i].events);
    if (n == EVENTS) continue;
    usleep(1000); // the pressure is bounded: no need to spin for it
  }
}

int main(int arguments, char **argument) {
  if (arguments != 4) return fprintf(stderr, "hostile PORT CLIENTS OPENS\n"), 2;
  port = number(argument[1], 1, 65535);
  count = number(argument[2], 1, raise_descriptors() - 32);
  int opens = number(argument[3], 1, 1000000);
  clients = calloc(count, sizeof *clients);
  waiting = calloc(count, sizeof *waiting);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!clients || !waiting || poller < 0) fail("start");
  make_pattern();
  for (int i = 0; i < NOISE; i++) noise[i] = pattern[i] == '*' ? '+' : pattern[i];
  for (int i = 0; i < count; i++) wait_again(i);
  uint64_t started = now_ns();
  run(opens);
  printf("{\"seconds\":%.6f,\"opened\":%llu,\"ended\":%llu,\"failed\":%llu,\"answered\":%llu,\"open\":%llu}\n",
         (now_ns() - started) / 1e9, (unsigned long long)seen.opened, (unsigned long long)seen.ended,
         (unsigned long long)seen.failed, (unsigned long long)seen.answered, (unsigned long long)seen.open);
  return 0;
}
