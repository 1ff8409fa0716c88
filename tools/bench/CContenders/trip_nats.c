// The same messages by NATS request and reply, over the loopback, through its own C client.
//
// The library is looked for when it is asked for, so that building needs neither it nor its header; the declarations
// are those of nats.h 3.

#define _GNU_SOURCE
#include "CContenders.h"
#include "message.h"
#include <arpa/inet.h>
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct natsConnection natsConnection;
typedef struct natsOptions natsOptions;
typedef struct natsSubscription natsSubscription;
typedef struct natsMsg natsMsg;

// Each answers 0 when all is well.
static int (*options_create)(natsOptions **);
static int (*options_set_url)(natsOptions *, const char *);
static int (*options_send_asap)(natsOptions *, _Bool);
static int (*connection_connect)(natsConnection **, natsOptions *);
static int (*connection_request)(natsMsg **, natsConnection *, const char *, const void *, int, int64_t);
static int (*connection_publish)(natsConnection *, const char *, const void *, int);
static int (*connection_flush)(natsConnection *);
static int (*connection_subscribe)(natsSubscription **, natsConnection *, const char *);
static int (*subscription_next)(natsMsg **, natsSubscription *, int64_t);
static const char *(*message_data)(const natsMsg *);
static int (*message_length)(const natsMsg *);
static const char *(*message_reply)(const natsMsg *);
static void (*message_destroy)(natsMsg *);

struct contender_nats {
  natsConnection *connection;
  natsSubscription *subscription;
  struct message_key key;
  uint64_t last;
};

static int load(const char **reason) {
  static const char *const names[] = { "libnats.so", "libnats.so.3.4", "libnats.so.3" };
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW);
  if (!library) {
    *reason = "the NATS client is not installed (apt-get install nats-server libnats-dev)";
    return 0;
  }
  struct {
    void *function;
    const char *name;
  } const wanted[] = {
    { &options_create, "natsOptions_Create" },
    { &options_set_url, "natsOptions_SetURL" },
    { &options_send_asap, "natsOptions_SetSendAsap" },
    { &connection_connect, "natsConnection_Connect" },
    { &connection_request, "natsConnection_Request" },
    { &connection_publish, "natsConnection_Publish" },
    { &connection_flush, "natsConnection_Flush" },
    { &connection_subscribe, "natsConnection_SubscribeSync" },
    { &subscription_next, "natsSubscription_NextMsg" },
    { &message_data, "natsMsg_GetData" },
    { &message_length, "natsMsg_GetDataLength" },
    { &message_reply, "natsMsg_GetReply" },
    { &message_destroy, "natsMsg_Destroy" },
  };
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    void *symbol = dlsym(library, wanted[i].name);
    if (!symbol) {
      *reason = "the NATS client that is installed lacks a call that is needed";
      return 0;
    }
    memcpy(wanted[i].function, &symbol, sizeof symbol);
  }
  return 1;
}

/// A port of the loopback that nobody has.
static int free_port(void) {
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
  socklen_t length = sizeof name;
  int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(probe, (struct sockaddr *)&name, length)) fail("bind");
  if (getsockname(probe, (struct sockaddr *)&name, &length)) fail("getsockname");
  close(probe);
  return ntohs(name.sin_port);
}

/// Starts a server that ends when this process does; answers whether there is such a program.
static int start_server(int port) {
  int report[2];
  if (pipe2(report, 02000000 /* O_CLOEXEC */)) fail("pipe2");
  pid_t server = fork();
  if (server < 0) fail("fork");
  if (server == 0) {
    char number[16];
    snprintf(number, sizeof number, "%d", port);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execlp("nats-server", "nats-server", "-a", "127.0.0.1", "-p", number, "-l", "/dev/null", (char *)NULL);
    // Debian puts it where only root looks.
    execl("/usr/sbin/nats-server", "nats-server", "-a", "127.0.0.1", "-p", number, "-l", "/dev/null", (char *)NULL);
    (void)!write(report[1], "!", 1);
    _exit(127);
  }
  close(report[1]);
  char failed;
  int started = read(report[0], &failed, 1) == 0;
  close(report[0]);
  return started;
}

struct contender_nats *contender_nats_open(const char *folder, int answers, const char **reason) {
  if (!load(reason)) return NULL;
  char path[4096], url[64];
  int port;
  snprintf(path, sizeof path, "%s/port", folder);
  if (answers) {
    port = free_port();
    if (!start_server(port)) {
      *reason = "nats-server is not installed (apt-get install nats-server libnats-dev)";
      return NULL;
    }
    FILE *file = fopen(path, "w");
    if (!file || fprintf(file, "%d\n", port) < 0 || fclose(file)) fail("write of the port");
  } else {
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%d", &port) != 1) fail("read of the port");
    fclose(file);
  }
  snprintf(url, sizeof url, "nats://127.0.0.1:%d", port);

  struct contender_nats *nats = calloc(1, sizeof *nats);
  natsOptions *options;
  nats->key = message_key_of_contenders();
  if (options_create(&options) || options_set_url(options, url)) fail("natsOptions");
  // Written at once, and not by a thread that collects.
  if (options_send_asap(options, 1)) fail("natsOptions_SetSendAsap");
  // The server needs a moment until it listens.
  int status = 1;
  for (int tries = 0; status && tries < 500; tries++) {
    status = connection_connect(&nats->connection, options);
    if (status) usleep(10000);
  }
  if (status) fail("natsConnection_Connect");
  if (answers) {
    if (connection_subscribe(&nats->subscription, nats->connection, "echo")) fail("natsConnection_SubscribeSync");
    if (connection_flush(nats->connection)) fail("natsConnection_Flush");
  }
  return nats;
}

void contender_nats_ask(struct contender_nats *nats) {
  char id[ID_LENGTH], text[MESSAGE_ROOM];
  natsMsg *answer;
  message_id(id, &nats->key, 0, ++nats->last);
  size_t length = message_write(text, id, REQUEST, NULL);
  if (connection_request(&answer, nats->connection, "echo", text, (int)length, 5000)) fail("natsConnection_Request");
  if (!message_answers(message_data(answer), (size_t)message_length(answer), id)) fail("another answer");
  message_destroy(answer);
}

void contender_nats_answer(struct contender_nats *nats) {
  char id[ID_LENGTH], text[MESSAGE_ROOM];
  natsMsg *request;
  while (subscription_next(&request, nats->subscription, 3600000)) {}
  message_id(id, &nats->key, 1, ++nats->last);
  size_t length = message_write(text, id, RESPONSE, message_data(request) + ID_OFFSET);
  if (connection_publish(nats->connection, message_reply(request), text, (int)length)) fail("natsConnection_Publish");
  message_destroy(request);
}
