// The same messages by ZeroMQ's REQ and REP sockets over its ipc transport.
//
// The library is looked for when it is asked for, as in trip_nats.c; the declarations are those of zmq.h 4.

#define _GNU_SOURCE
#include "CContenders.h"
#include "message.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZMQ_REQ = 3, ZMQ_REP = 4 };

static void *(*context_new)(void);
static void *(*socket_new)(void *, int);
static int (*socket_bind)(void *, const char *);
static int (*socket_connect)(void *, const char *);
static int (*socket_send)(void *, const void *, size_t, int);
static int (*socket_receive)(void *, void *, size_t, int);

struct contender_zeromq {
  void *socket;
  struct message_key key;
  uint64_t last;
};

static int load(const char **reason) {
  void *library = dlopen("libzmq.so.5", RTLD_NOW);
  if (!library) {
    *reason = "ZeroMQ is not installed (apt-get install libzmq3-dev)";
    return 0;
  }
  struct {
    void *function;
    const char *name;
  } const wanted[] = {
    { &context_new, "zmq_ctx_new" },   { &socket_new, "zmq_socket" }, { &socket_bind, "zmq_bind" },
    { &socket_connect, "zmq_connect" }, { &socket_send, "zmq_send" },  { &socket_receive, "zmq_recv" },
  };
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    void *symbol = dlsym(library, wanted[i].name);
    if (!symbol) {
      *reason = "the ZeroMQ that is installed lacks a call that is needed";
      return 0;
    }
    memcpy(wanted[i].function, &symbol, sizeof symbol);
  }
  return 1;
}

struct contender_zeromq *contender_zeromq_open(const char *folder, int answers, const char **reason) {
  if (!load(reason)) return NULL;
  struct contender_zeromq *zeromq = calloc(1, sizeof *zeromq);
  char address[4096];
  snprintf(address, sizeof address, "ipc://%s/zeromq", folder);
  zeromq->key = message_key_of_contenders();
  zeromq->socket = socket_new(context_new(), answers ? ZMQ_REP : ZMQ_REQ);
  if (!zeromq->socket) fail("zmq_socket");
  if (answers ? socket_bind(zeromq->socket, address) : socket_connect(zeromq->socket, address)) fail("zmq_bind");
  return zeromq;
}

void contender_zeromq_ask(struct contender_zeromq *zeromq) {
  char id[ID_LENGTH], text[MESSAGE_ROOM];
  message_id(id, &zeromq->key, 0, ++zeromq->last);
  size_t length = message_write(text, id, REQUEST, NULL);
  if (socket_send(zeromq->socket, text, length, 0) != (int)length) fail("zmq_send");
  int answered = socket_receive(zeromq->socket, text, sizeof text, 0);
  if (answered < 0) fail("zmq_recv");
  if (!message_answers(text, (size_t)answered, id)) fail("another answer");
}

void contender_zeromq_answer(struct contender_zeromq *zeromq) {
  char id[ID_LENGTH], request[MESSAGE_ROOM], text[MESSAGE_ROOM];
  if (socket_receive(zeromq->socket, request, sizeof request, 0) < 0) fail("zmq_recv");
  message_id(id, &zeromq->key, 1, ++zeromq->last);
  size_t length = message_write(text, id, RESPONSE, request + ID_OFFSET);
  if (socket_send(zeromq->socket, text, length, 0) != (int)length) fail("zmq_send");
}
