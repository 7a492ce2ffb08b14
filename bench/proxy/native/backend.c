// The backends: one process, one epoll loop, BACKENDS listening ports in a row. What they answer stands in wire.h.
//   backend PORT      prints "ready", ends when its standard input does
#define _GNU_SOURCE
#include "wire.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS = 512, ACCEPTS = 64 };
/** Blocks that may be asked for and not yet sent, for one connection. */
enum { BLOCKS_MAX = 64 };

typedef struct {
  enum { FREE, LISTENER, OPEN } kind;
  uint8_t number, mode, frame_length, is_corrupt, at_end, frame[FRAME_MAX];
  uint32_t size, events;
  uint64_t received, sent, owed; // bytes of pattern
  uint8_t words[2 * ANSWER];     // the answer to the frame and, of mode U, the last one
  uint8_t words_length, words_sent;
} connection;

static connection *connections;
static uint64_t descriptors;
static int poller;
static uint8_t buffer[READ_MAX];

static void end(int fd) {
  connections[fd].kind = FREE;
  close(fd);
}

/** But for bulk, edges: a client that waits for its answer has nothing more to say, so that nothing is looked at twice. */
static int is_edge(const connection *c) { return c->mode != 'U' && c->mode != 'D'; }

static void await(int fd, uint32_t events) {
  connection *c = &connections[fd];
  if (is_edge(c)) events |= EPOLLET | EPOLLRDHUP;
  if (c->events == events) return;
  struct epoll_event event = {.events = events, .data.fd = fd};
  epoll_ctl(poller, c->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  c->events = events;
}

/** Sends what is owed. @returns 0 when the connection has ended */
static int flush(int fd) {
  connection *c = &connections[fd];
  while (c->words_sent < c->words_length || c->sent < c->owed) {
    int has_words = c->words_sent < c->words_length;
    uint64_t left = has_words ? (uint64_t)(c->words_length - c->words_sent) : c->owed - c->sent;
    const uint8_t *from = has_words ? c->words + c->words_sent : pattern_at(c->sent);
    ssize_t n = send(fd, from, left < SEND_MAX ? left : SEND_MAX, MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) {
      await(fd, (c->at_end ? 0 : EPOLLIN) | EPOLLOUT);
      return 1;
    }
    if (n < 0) {
      end(fd);
      return 0;
    }
    if (has_words) c->words_sent += n;
    else c->sent += n;
  }
  if (c->at_end) {
    end(fd);
    return 0;
  }
  await(fd, EPOLLIN);
  return 1;
}

static void say(connection *c, const void *words) {
  if (c->words_length + ANSWER > (int)sizeof c->words) return;
  memcpy(c->words + c->words_length, words, ANSWER);
  c->words_length += ANSWER;
}

/** Takes the bytes that belong to the frame. @returns how many, or -1 when it is none */
static int take_frame(connection *c, const uint8_t *bytes, int length) {
  int taken = 0;
  while (taken < length) {
    int whole = c->frame_length < 5 ? FRAME_MIN : (c->frame[3] << 8 | c->frame[4]) + 7;
    if (c->frame[0] != '*' && c->frame_length) return -1;
    if (whole < FRAME_MIN || whole > FRAME_MAX) return -1;
    if (c->frame_length == whole) break;
    c->frame[c->frame_length++] = bytes[taken++];
    if (c->frame_length < FRAME_MIN || c->frame_length != (c->frame[3] << 8 | c->frame[4]) + 7) continue;
    char digits[14] = {0};
    memcpy(digits, c->frame + KEY_AT + 3, 13);
    int is_ours = strtoul(digits, 0, 10) % BACKENDS == c->number;
    memcpy(digits, c->frame + 6, 8);
    digits[8] = 0;
    c->size = strtoul(digits, 0, 10);
    c->mode = c->frame[5];
    if (c->mode == 'R' && (c->size == 0 || c->size > MESSAGE_MAX)) return -1;
    say(c, is_ours ? (char *)c->frame + KEY_AT : MISROUTED);
    break;
  }
  return taken;
}

static void take(connection *c, const uint8_t *bytes, size_t length) {
  if (length == 0) return;
  if (c->mode == 'D') {
    if (c->owed - c->sent <= BLOCK * BLOCKS_MAX) c->owed += length * BLOCK;
    return;
  }
  if (!is_pattern(bytes, length, c->received)) c->is_corrupt = 1;
  c->received += length;
  if (c->mode == 'R') c->owed = c->received / c->size * c->size;
}

/** Reads once. @returns DONE when there is no more to read, or it would be told again, or the connection has ended */
static enum { DONE, SHORT, FULL } on_readable(int fd) {
  connection *c = &connections[fd];
  ssize_t n = recv(fd, buffer, sizeof buffer, 0);
  if (n < 0 && errno == EAGAIN) return DONE;
  if (n < 0) return end(fd), DONE;
  if (n == 0) {
    c->at_end = 1;
    if (c->mode == 'U') {
      char words[ANSWER + 1];
      snprintf(words, sizeof words, "%016llu", (unsigned long long)c->received);
      say(c, c->is_corrupt ? CORRUPT : words);
    }
    flush(fd);
    return DONE;
  }
  int framed = c->mode ? 0 : take_frame(c, buffer, n);
  if (framed < 0) return end(fd), DONE;
  take(c, buffer + framed, n - framed);
  if (c->is_corrupt && c->mode == 'R') return end(fd), DONE; // the generator counts a connection that ended early
  if (!flush(fd) || !is_edge(c)) return DONE;
  return n < (ssize_t)sizeof buffer ? SHORT : FULL;
}

/** A short read has emptied it; but the end, where it is there already, makes no further edge. */
static void on_bytes(int fd, int is_ending) {
  for (;;) {
    int seen = on_readable(fd);
    if (seen == DONE || (seen == SHORT && !is_ending)) return;
  }
}

static void on_connections(int listener, int index) {
  for (int i = 0; i < ACCEPTS; i++) {
    int fd = accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR)) return;
    if (fd < 0) fail("accept");
    if ((uint64_t)fd >= descriptors) fail("descriptors");
    connection *c = &connections[fd];
    memset(c, 0, sizeof *c);
    c->kind = OPEN;
    c->number = index;
    await(fd, EPOLLIN);
  }
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (fd < 0 || bind(fd, (void *)&at, sizeof at) || listen(fd, 4096)) fail("listen");
  return fd;
}

int main(int count, char **arguments) {
  if (count != 2) return fprintf(stderr, "backend PORT\n"), 2;
  int port = number(arguments[1], 1, 65535 - BACKENDS);
  make_pattern();
  descriptors = raise_descriptors();
  connections = calloc(descriptors, sizeof *connections);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (!connections || poller < 0) fail("start");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = STDIN_FILENO};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event)) fail("standard input (a pipe is needed)");
  for (int i = 0; i < BACKENDS; i++) {
    int fd = event.data.fd = listen_on(port + i);
    connections[fd] = (connection){.kind = LISTENER, .number = i};
    epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  }
  puts("ready");
  fflush(stdout);
  static struct epoll_event events[EVENTS];
  for (;;) {
    int n = epoll_wait(poller, events, EVENTS, -1);
    if (n < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == STDIN_FILENO) return 0;
      connection *c = &connections[fd];
      if (c->kind == LISTENER) on_connections(fd, c->number);
      else if (c->kind == FREE) continue;
      else if (events[i].events & (EPOLLERR | EPOLLHUP)) end(fd);
      else if (events[i].events & EPOLLIN) on_bytes(fd, events[i].events & EPOLLRDHUP);
      else flush(fd);
    }
  }
}
