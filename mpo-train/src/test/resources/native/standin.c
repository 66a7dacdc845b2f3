/* Stands in for NCCL and the CUDA runtime in tests: the same functions on memory of the host, between processes of one
   machine, over a file in shared memory. Operations are complete when the call returns; streams and events only check
   that they are used as they must be. Anything else than expected ends the process with a message. */
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHUNK (1 << 16)
#define MAX_RANKS 8

typedef struct { char internal[128]; } ncclUniqueId;
typedef struct { atomic_int come; atomic_int round; char data[MAX_RANKS][CHUNK]; } Shared;
typedef struct { Shared *shared; int size; int rank; } Communicator;
typedef struct { int magic; int waited; } Stream;
typedef struct { int magic; int queries; } Event;

enum { COMMUNICATION_STREAM = 0x57, EVENT = 0xE7 };
static int liveEvents;

static void require(int condition, const char *what) {
  if (!condition) {
    fprintf(stderr, "stand-in: %s\n", what);
    fflush(stderr);
    _exit(99);
  }
}

static size_t width(int type) {
  static const int widths[] = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2};
  require(type >= 0 && type < 10, "a type of nccl.h");
  return widths[type];
}

static void meet(Communicator *c) {
  int round = atomic_load(&c->shared->round);
  if (atomic_fetch_add(&c->shared->come, 1) + 1 == c->size) {
    atomic_store(&c->shared->come, 0);
    atomic_fetch_add(&c->shared->round, 1);
  } else {
    while (atomic_load(&c->shared->round) == round) {
      usleep(20);
    }
  }
}

static void useStream(void *stream) {
  Stream *s = stream;
  require(s && s->magic == COMMUNICATION_STREAM, "a stream created before");
  require(s->waited, "an operation waits for what was computed before it");
  s->waited = 0;
}

/* Adds what all ranks have in their chunks, in rank order, into target. */
static void sum(Communicator *c, char *target, size_t bytes, int type) {
  require(type == 7 || type == 8, "sums of float or double");
  for (size_t i = 0; i < bytes / width(type); i++) {
    if (type == 7) {
      float total = ((float *) c->shared->data[0])[i];
      for (int r = 1; r < c->size; r++) total += ((float *) c->shared->data[r])[i];
      ((float *) target)[i] = total;
    } else {
      double total = ((double *) c->shared->data[0])[i];
      for (int r = 1; r < c->size; r++) total += ((double *) c->shared->data[r])[i];
      ((double *) target)[i] = total;
    }
  }
}

int ncclGetVersion(int *version) { *version = 22603; return 0; }

int ncclGetUniqueId(ncclUniqueId *id) {
  memset(id, 7, sizeof *id); /* no zero ends it early */
  snprintf(id->internal, 64, "/mpo-standin-%d", (int) getpid());
  int file = shm_open(id->internal, O_CREAT | O_EXCL | O_RDWR, 0600);
  require(file >= 0 && ftruncate(file, sizeof(Shared)) == 0, "shared memory");
  close(file);
  return 0;
}

int ncclCommInitRank(Communicator **c, int size, ncclUniqueId id, int rank) {
  require(id.internal[127] == 7 && id.internal[126] == 7, "all 128 bytes of the id, by value");
  require(size <= MAX_RANKS && rank >= 0 && rank < size, "a rank below the size");
  *c = malloc(sizeof **c);
  int file = shm_open(id.internal, O_RDWR, 0600);
  require(file >= 0, "the id of rank 0");
  (*c)->shared = mmap(NULL, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  (*c)->size = size;
  (*c)->rank = rank;
  meet(*c);
  if (rank == 0) shm_unlink(id.internal);
  return 0;
}

int ncclCommGetAsyncError(Communicator *c, int *error) { *error = c ? 0 : 4; return 0; }
int ncclCommDestroy(Communicator *c) { munmap(c->shared, sizeof(Shared)); free(c); return 0; }
int ncclCommAbort(Communicator *c) { return ncclCommDestroy(c); }
const char *ncclGetErrorString(int code) { return code == 4 ? "invalid argument" : "some error"; }

int ncclAllReduce(char *send, char *receive, size_t count, int type, int op, Communicator *c, void *stream) {
  useStream(stream);
  require(op == 0, "the sum");
  size_t bytes = count * width(type);
  for (size_t at = 0; at < bytes; at += CHUNK) {
    size_t n = bytes - at < CHUNK ? bytes - at : CHUNK;
    memcpy(c->shared->data[c->rank], send + at, n);
    meet(c);
    sum(c, receive + at, n, type);
    meet(c);
  }
  return 0;
}

int ncclReduceScatter(char *send, char *receive, size_t count, int type, int op, Communicator *c, void *stream) {
  useStream(stream);
  require(op == 0, "the sum");
  size_t bytes = count * width(type);
  for (int to = 0; to < c->size; to++) {
    for (size_t at = 0; at < bytes; at += CHUNK) {
      size_t n = bytes - at < CHUNK ? bytes - at : CHUNK;
      memcpy(c->shared->data[c->rank], send + to * bytes + at, n);
      meet(c);
      if (to == c->rank) sum(c, receive + at, n, type);
      meet(c);
    }
  }
  return 0;
}

int ncclBroadcast(char *send, char *receive, size_t count, int type, int root, Communicator *c, void *stream) {
  useStream(stream);
  size_t bytes = count * width(type);
  for (size_t at = 0; at < bytes; at += CHUNK) {
    size_t n = bytes - at < CHUNK ? bytes - at : CHUNK;
    if (c->rank == root) memcpy(c->shared->data[root], send + at, n);
    meet(c);
    memcpy(receive + at, c->shared->data[root], n);
    meet(c);
  }
  return 0;
}

int ncclAllGather(char *send, char *receive, size_t count, int type, Communicator *c, void *stream) {
  useStream(stream);
  size_t bytes = count * width(type);
  for (size_t at = 0; at < bytes; at += CHUNK) {
    size_t n = bytes - at < CHUNK ? bytes - at : CHUNK;
    memcpy(c->shared->data[c->rank], send + at, n);
    meet(c);
    for (int r = 0; r < c->size; r++) memmove(receive + r * bytes + at, c->shared->data[r], n);
    meet(c);
  }
  return 0;
}

int cudaSetDevice(int device) { return device == 0 ? 0 : 101; }

int cudaStreamCreateWithFlags(Stream **stream, unsigned flags) {
  require(flags == 1, "a stream that does not wait for the default one");
  *stream = calloc(1, sizeof **stream);
  (*stream)->magic = COMMUNICATION_STREAM;
  return 0;
}

int cudaStreamDestroy(Stream *stream) { free(stream); return 0; }

int cudaEventCreateWithFlags(Event **event, unsigned flags) {
  require(flags == 2, "an event without timing");
  *event = calloc(1, sizeof **event);
  (*event)->magic = EVENT;
  __atomic_add_fetch(&liveEvents, 1, __ATOMIC_SEQ_CST);
  return 0;
}

int cudaEventRecord(Event *event, Stream *stream) {
  require(event && event->magic == EVENT, "a live event");
  require(!stream || stream->magic == COMMUNICATION_STREAM, "the default stream or one created before");
  return 0;
}

int cudaStreamWaitEvent(Stream *stream, Event *event, unsigned flags) {
  require(event && event->magic == EVENT && flags == 0, "a live event to wait for");
  if (stream) stream->waited = 1;
  return 0;
}

int cudaEventQuery(Event *event) {
  require(event && event->magic == EVENT, "a live event to ask");
  return event->queries++ == 0 ? 600 : 0; /* not ready at the first look */
}

int cudaEventDestroy(Event *event) {
  require(event && event->magic == EVENT, "a live event to free");
  event->magic = 0;
  free(event);
  __atomic_sub_fetch(&liveEvents, 1, __ATOMIC_SEQ_CST);
  return 0;
}

const char *cudaGetErrorString(int code) { return code == 101 ? "invalid device ordinal" : "some error"; }

int standinLiveEvents(void) { return __atomic_load_n(&liveEvents, __ATOMIC_SEQ_CST); }
