// Many clients of one door on one thread: `WebSocketCrowd PORT TARGET CLIENTS EVENTS [SECONDS]`. Each connects to
// 127.0.0.1 by WebSocket and is told events whose payloads count from 0. All are to get all of them, in order and once.
//
// It says "ready" when all are in, and ends a moment after all have all, with one line that says how that went. Its
// status is 0 when nothing was wrong; it is 1 otherwise, and when somebody was not let in or was left, or nothing has
// come for SECONDS, which are 30.

#define _GNU_SOURCE
#include "frame.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum {
  READING_BLOCK = 256 << 10,
  HEAD_LIMIT = 4 << 10,
  EPOLL_BATCH = 1024,
  /// Descriptors that are none of a client's.
  OTHER_DESCRIPTORS = 16
};

static const uint64_t second = 1000000000;
/// How long it listens for what comes once too often.
static const uint64_t grace = 200000000;
/// How long what comes is left to gather. Were the crowd woken for each frame, whoever writes it would do that work,
/// and a door that shares a machine with a thousand clients would spend most of its time on it.
static const struct timespec gathering = { .tv_nsec = 1000000 };

// The key and its answer are those of RFC 6455, 1.3: a door that mixes up its clients is found by its events.
static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
static const char answer_to_key[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

struct client {
  int socket;
  enum { CONNECTING, GREETING, LISTENING } state;
  /// The number of the event that is due.
  long next;
  /// What came of a head or a frame that is not whole yet.
  uint8_t *rest;
  size_t rest_count, rest_room;
};

static long port, clients, events, patience = 30;
static const char *target;
static struct client *crowd;
static int epoll;
/// How many are in, how many have all events, and how many events came that were not due, or never.
static long entered, finished, wrong;
/// When something came last that was waited for.
static uint64_t news;
/// When the first client got each event, and when the last one did.
static uint64_t *first_came, *last_came;
/// What is left of a client's earlier bytes stands here before those that are read.
static uint8_t block[FRAME_HEAD_LIMIT + FRAME_LIMIT + READING_BLOCK];

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * second + (uint64_t)time.tv_nsec;
}

/// Ends the run with words.
__attribute__((format(printf, 1, 2))) static _Noreturn void give_up(const char *format, ...) {
  va_list words;
  fputs("WebSocketCrowd: ", stderr);
  va_start(words, format);
  vfprintf(stderr, format, words);
  va_end(words);
  fputc('\n', stderr);
  exit(1);
}

/// Ends the run for what became of a client.
__attribute__((format(printf, 2, 3))) static _Noreturn void lose(const struct client *client, const char *format, ...) {
  char what[512];
  va_list words;
  va_start(words, format);
  vsnprintf(what, sizeof what, format, words);
  va_end(words);
  give_up("client %td of %ld, with %ld of %ld events: %s", client - crowd + 1, clients, client->next, events, what);
}

// MARK: Coming in

static void begin_to_connect(struct client *client) {
  struct sockaddr_in door = {
    .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
  };
  client->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (client->socket < 0) lose(client, "socket: %s", strerror(errno));
  if (connect(client->socket, (struct sockaddr *)&door, sizeof door) && errno != EINPROGRESS)
    lose(client, "connect to 127.0.0.1:%ld: %s", port, strerror(errno));
  struct epoll_event wanted = { .events = EPOLLOUT, .data.ptr = client };
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, client->socket, &wanted)) lose(client, "epoll_ctl: %s", strerror(errno));
}

/// Writes what is so little that a connection has room for it.
static void write_whole(const struct client *client, const void *bytes, size_t count) {
  ssize_t written = send(client->socket, bytes, count, MSG_NOSIGNAL);
  if (written < 0) lose(client, "send: %s; does the door read?", strerror(errno));
  if ((size_t)written != count) lose(client, "it could write %zd of %zu bytes; does the door read?", written, count);
}

static void greet(struct client *client) {
  int code = 0;
  socklen_t size = sizeof code;
  if (getsockopt(client->socket, SOL_SOCKET, SO_ERROR, &code, &size)) code = errno;
  if (code) lose(client, "connect to 127.0.0.1:%ld: %s; does a door listen there?", port, strerror(code));
  char request[HEAD_LIMIT];
  int length = snprintf(
    request, sizeof request,
    "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%ld\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: transom.1\r\n\r\n",
    target, port, key
  );
  // The target was short enough.
  write_whole(client, request, (size_t)length);
  client->state = GREETING;
  struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = client };
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, client->socket, &wanted)) lose(client, "epoll_ctl: %s", strerror(errno));
}

/// Reads the head of the door's answer, and answers how many bytes it has: 0 while it is not whole.
static size_t take_head(struct client *client, size_t count) {
  static const char good[] = "HTTP/1.1 101 ", end[] = "\r\n\r\n";
  uint8_t *found = memmem(block, count, end, sizeof end - 1);
  if (!found && count > HEAD_LIMIT) lose(client, "a head of more than %d bytes", HEAD_LIMIT);
  if (!found) return 0;
  size_t length = (size_t)(found - block) + sizeof end - 1;
  if (length < sizeof good || memcmp(block, good, sizeof good - 1)) {
    int first_line = (int)((uint8_t *)memchr(block, '\r', length) - block);
    lose(client, "it was not let in at %s: \"%.*s\"", target, first_line, (char *)block);
  }
  if (!memmem(block, length, answer_to_key, sizeof answer_to_key - 1)) lose(client, "the door answered another key");
  client->state = LISTENING;
  news = now();
  if (++entered == clients) {
    puts("ready");
    fflush(stdout);
  }
  return length;
}

// MARK: Listening

static void take_event(struct client *client, const struct frame *text) {
  long number = event_number(text->content, text->length);
  if (number != client->next || number >= events) {
    // The first tells enough.
    if (!wrong)
      fprintf(stderr, "WebSocketCrowd: client %td of %ld was told this after %ld of %ld events: %.*s\n",
              client - crowd + 1, clients, client->next, events, (int)(text->length < 300 ? text->length : 300),
              (const char *)text->content);
    // Those that were passed over, or the one that nobody waits for.
    int is_ahead = number > client->next && number < events;
    wrong += is_ahead ? number - client->next : 1;
    if (!is_ahead) return;
  }
  client->next = number + 1;
  news = last_came[number] = now();
  if (!first_came[number]) first_came[number] = news;
  if (client->next == events) finished++;
}

static void take_frame(struct client *client, const struct frame *frame) {
  uint8_t pong[PONG_ROOM];
  switch (frame->opcode) {
  case FRAME_TEXT: take_event(client, frame); return;
  case FRAME_PING: write_whole(client, pong, frame_write_pong(pong, frame)); return;
  case FRAME_PONG: return;
  case FRAME_CLOSE:
    if (frame->length < 2) lose(client, "it was closed, and no code says why");
    lose(client, "it was closed with %d: \"%.*s\"", frame->content[0] << 8 | frame->content[1], (int)frame->length - 2,
         (const char *)frame->content + 2);
  default: lose(client, "a frame that is no text, with the opcode %u", frame->opcode);
  }
}

/// Keeps what begins something that is not whole yet.
static void keep_rest(struct client *client, const uint8_t *bytes, size_t count) {
  if (count > client->rest_room) {
    client->rest = realloc(client->rest, count);
    if (!client->rest) lose(client, "no memory for %zu bytes", count);
    client->rest_room = count;
  }
  if (count) memcpy(client->rest, bytes, count);
  client->rest_count = count;
}

/// Takes what came, and leaves the rest for the next time: so all get their turn.
static void listen_to_door(struct client *client) {
  if (client->rest_count) memcpy(block, client->rest, client->rest_count);
  ssize_t more = recv(client->socket, block + client->rest_count, READING_BLOCK, 0);
  if (more < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (more < 0) lose(client, "recv: %s", strerror(errno));
  if (more == 0) lose(client, "the door has left it without a word; what the door says itself may tell why");
  size_t count = client->rest_count + (size_t)more, at = 0;
  if (client->state == GREETING) at = take_head(client, count);
  while (client->state == LISTENING) {
    struct frame frame;
    const char *fault = NULL;
    size_t length = frame_read(block + at, count - at, &frame, &fault);
    if (fault) lose(client, "the door wrote %s", fault);
    if (!length) break;
    take_frame(client, &frame);
    at += length;
  }
  keep_rest(client, block + at, count - at);
}

static void run(void) {
  struct epoll_event found[EPOLL_BATCH];
  for (;;) {
    uint64_t deadline = news + (finished == clients ? grace : (uint64_t)patience * second), begin = now();
    int pause = begin < deadline ? (int)((deadline - begin) / 1000000) + 1 : 0;
    int count = epoll_wait(epoll, found, EPOLL_BATCH, pause);
    if (count < 0 && errno != EINTR) give_up("epoll_wait: %s", strerror(errno));
    for (int place = 0; place < count; place++) {
      struct client *client = found[place].data.ptr;
      if (client->state == CONNECTING) greet(client); else listen_to_door(client);
    }
    nanosleep(&gathering, NULL);
    if (finished == clients && begin >= deadline) return;
    // Nobody is given up before it was looked whether something waits.
    if (count == 0 && begin >= deadline)
      give_up("nothing has come for %ld s: %ld of %ld clients are in, and %ld have all %ld events; were as many sent?",
              patience, entered, clients, finished, events);
  }
}

// MARK: The result

static int ascending(const void *one, const void *other) {
  uint64_t left = *(const uint64_t *)one, right = *(const uint64_t *)other;
  return (left > right) - (left < right);
}

static void report(void) {
  uint64_t begin = UINT64_MAX, end = 0;
  // Of each event, the time from its first client to its last.
  for (long number = 0; number < events; number++) {
    if (first_came[number] && first_came[number] < begin) begin = first_came[number];
    if (last_came[number] > end) end = last_came[number];
    last_came[number] -= first_came[number];
  }
  qsort(last_came, (size_t)events, sizeof *last_came, ascending);
  double seconds = end > begin ? (double)(end - begin) / 1e9 : 1e-9;
  printf("%ld clients got %ld events each, in %.3f s: %.0f a second, %ld wrong; from an event's first client to its "
         "last %.1f ms in the median, %.1f ms at most\n",
         clients, events, seconds, (double)clients * (double)events / seconds, wrong,
         (double)last_came[events / 2] / 1e6, (double)last_came[events - 1] / 1e6);
}

static long number_of(const char *text, const char *name, long most) {
  char *end;
  errno = 0;
  long value = strtol(text, &end, 10);
  if (!errno && end != text && !*end && value >= 1 && value <= most) return value;
  fprintf(stderr, "WebSocketCrowd: %s \"%s\": give a number from 1 to %ld\n", name, text, most);
  exit(64);
}

static void *room_for(long count, size_t size) {
  void *room = calloc((size_t)count, size);
  if (!room) give_up("no memory for %ld times %zu bytes", count, size);
  return room;
}

int main(int count, char **words) {
  if (count != 5 && count != 6) {
    fputs("usage: WebSocketCrowd PORT TARGET CLIENTS EVENTS [SECONDS]\n", stderr);
    return 64;
  }
  port = number_of(words[1], "PORT", 65535);
  target = words[2];
  clients = number_of(words[3], "CLIENTS", 20000);
  events = number_of(words[4], "EVENTS", 1000000);
  if (count == 6) patience = number_of(words[5], "SECONDS", 3600);
  if (target[0] != '/' || strlen(target) > HEAD_LIMIT / 2 || strpbrk(target, " \r\n")) {
    fprintf(stderr, "WebSocketCrowd: TARGET \"%s\": give a path that begins with / and has no blank\n", target);
    return 64;
  }
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) give_up("getrlimit: %s", strerror(errno));
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit)) give_up("setrlimit: %s", strerror(errno));
  if (limit.rlim_cur < (rlim_t)clients + OTHER_DESCRIPTORS)
    give_up("%ld clients need %ld descriptors, and %llu may be had; raise `ulimit -Hn`", clients,
            clients + OTHER_DESCRIPTORS, (unsigned long long)limit.rlim_cur);
  crowd = room_for(clients, sizeof *crowd);
  first_came = room_for(events, sizeof *first_came);
  last_came = room_for(events, sizeof *last_came);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) give_up("epoll_create1: %s", strerror(errno));
  news = now();
  for (long place = 0; place < clients; place++) begin_to_connect(&crowd[place]);
  run();
  report();
  return wrong ? 1 : 0;
}
