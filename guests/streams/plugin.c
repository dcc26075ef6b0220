// Reads and writes what flows.
#include <stdlib.h>
#include <string.h>

#include "streams.h"

// How much is read or written at once.
enum { PIECE = 1 << 16 };

static void fill(uint8_t *bytes, size_t count, uint64_t from) {
  for (size_t i = 0; i < count; i++) {
    bytes[i] = (uint8_t)((from + i) % 251);
  }
}

static void capitals(uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (bytes[i] >= 'a' && bytes[i] <= 'z') {
      bytes[i] -= 'a' - 'A';
    }
  }
}

// Sums.

typedef struct sum {
  pw_stream_u8_t reader;
  uint64_t sum;
  uint8_t piece[PIECE];
} sum_t;

static void sum_more(void *self, size_t count, bool open) {
  sum_t *it = self;
  for (size_t i = 0; i < count; i++) {
    it->sum += it->piece[i];
  }
  if (open) {
    pw_then(it->reader, pw_stream_u8_read(it->reader, it->piece, PIECE), sum_more, it);
    return;
  }
  flows_sum_return(it->sum);
  pw_stream_u8_drop_readable(it->reader);
  free(it);
}

pw_callback_code_t flows_sum(pw_stream_u8_t bytes) {
  sum_t *it = PW_ALLOC(sum_t, 1);
  it->reader = bytes;
  sum_more(it, 0, true);
  return pw_wait();
}

// Writes bytes that are computed.

typedef struct source {
  pw_stream_u8_writer_t writer;
  uint64_t at;
  uint64_t end;
  bool counts;
  bool fails;
  uint8_t piece[PIECE];
} source_t;

static void source_more(void *self, size_t count, bool open) {
  source_t *it = self;
  it->at += count;
  if (open && it->at < it->end) {
    uint64_t left = it->end - it->at;
    size_t most = left < PIECE ? (size_t)left : PIECE;
    if (it->counts) {
      fill(it->piece, most, it->at);
    }
    pw_then(it->writer, pw_stream_u8_write(it->writer, it->piece, most), source_more, it);
    return;
  }
  PW_ASSERT(!it->fails);
  pw_stream_u8_drop_writable(it->writer);
  free(it);
}

static source_t *source(uint64_t end, pw_stream_u8_t *reader) {
  source_t *it = PW_ALLOC(source_t, 1);
  it->end = end;
  *reader = pw_stream_u8_new(&it->writer);
  return it;
}

pw_callback_code_t flows_count(uint64_t bytes) {
  pw_stream_u8_t reader;
  source_t *it = source(bytes, &reader);
  it->counts = true;
  flows_count_return(reader);
  source_more(it, 0, true);
  return pw_wait();
}

pw_callback_code_t flows_flood(void) {
  pw_stream_u8_t reader;
  source_t *it = source(UINT64_MAX, &reader);
  flows_flood_return(reader);
  source_more(it, 0, true);
  return pw_wait();
}

pw_callback_code_t flows_fail(uint32_t after) {
  pw_stream_u8_t reader;
  source_t *it = source(after, &reader);
  it->fails = true;
  flows_fail_return(reader);
  source_more(it, 0, true);
  return pw_wait();
}

// Gives what it is given, in capitals.

typedef struct shout {
  pw_stream_u8_t reader;
  pw_stream_u8_writer_t writer;
  size_t from;
  size_t count;
  bool open;
  uint8_t piece[PIECE];
} shout_t;

static void shout_read(void *self, size_t count, bool open);

static void shout_end(shout_t *it) {
  pw_stream_u8_drop_readable(it->reader);
  pw_stream_u8_drop_writable(it->writer);
  free(it);
}

static void shout_written(void *self, size_t count, bool open) {
  shout_t *it = self;
  it->from += count;
  if (!open) {
    shout_end(it);
  } else if (it->from < it->count) {
    pw_waitable_status_t status = pw_stream_u8_write(it->writer, it->piece + it->from, it->count - it->from);
    pw_then(it->writer, status, shout_written, it);
  } else if (it->open) {
    pw_then(it->reader, pw_stream_u8_read(it->reader, it->piece, PIECE), shout_read, it);
  } else {
    shout_end(it);
  }
}

static void shout_read(void *self, size_t count, bool open) {
  shout_t *it = self;
  capitals(it->piece, count);
  it->from = 0;
  it->count = count;
  it->open = open;
  shout_written(it, 0, true);
}

static pw_stream_u8_t shouted(pw_stream_u8_t bytes) {
  shout_t *it = PW_ALLOC(shout_t, 1);
  it->reader = bytes;
  pw_stream_u8_t reader = pw_stream_u8_new(&it->writer);
  shout_read(it, 0, true);
  return reader;
}

pw_callback_code_t flows_shout(pw_stream_u8_t bytes) {
  flows_shout_return(shouted(bytes));
  return pw_wait();
}

// Takes the first bytes.

typedef struct take {
  pw_stream_u8_t reader;
  size_t most;
  pw_list_u8_t taken;
} take_t;

static void take_more(void *self, size_t count, bool open) {
  take_t *it = self;
  it->taken.len += count;
  if (open && it->taken.len < it->most) {
    uint8_t *place = it->taken.ptr + it->taken.len;
    pw_then(it->reader, pw_stream_u8_read(it->reader, place, it->most - it->taken.len), take_more, it);
    return;
  }
  pw_stream_u8_drop_readable(it->reader);
  flows_take_return(it->taken);
  pw_list_u8_free(&it->taken);
  free(it);
}

pw_callback_code_t flows_take(pw_stream_u8_t bytes, uint32_t most) {
  take_t *it = PW_ALLOC(take_t, 1);
  *it = (take_t){bytes, most, {PW_ALLOC(uint8_t, most), 0}};
  take_more(it, 0, true);
  return pw_wait();
}

pw_callback_code_t flows_ignore(pw_stream_u8_t bytes) {
  pw_stream_u8_drop_readable(bytes);
  flows_ignore_return(true);
  return pw_wait();
}

// Gives the words of a text.

typedef struct words {
  pw_stream_string_writer_t writer;
  pw_string_t text;
  struct {
    pw_string_t *ptr;
    size_t len;
  } words;
  size_t at;
} words_t;

static void words_more(void *self, size_t count, bool open) {
  words_t *it = self;
  it->at += count;
  if (open && it->at < it->words.len) {
    pw_waitable_status_t status =
        pw_stream_string_write(it->writer, it->words.ptr + it->at, it->words.len - it->at);
    pw_then(it->writer, status, words_more, it);
    return;
  }
  pw_stream_string_drop_writable(it->writer);
  pw_string_free(&it->text);
  free(it->words.ptr);
  free(it);
}

pw_callback_code_t flows_words(pw_string_t *text) {
  words_t *it = PW_ALLOC(words_t, 1);
  it->text = *text;
  size_t start = 0;
  for (size_t i = 0; i <= text->len; i++) {
    if (i == text->len || text->ptr[i] == ' ') {
      if (i > start) {
        pw_string_t word = {text->ptr + start, i - start};
        PW_PUSH(&it->words, word);
      }
      start = i + 1;
    }
  }
  flows_words_return(pw_stream_string_new(&it->writer));
  words_more(it, 0, true);
  return pw_wait();
}

// Finds the longest word.

typedef struct longest {
  pw_stream_string_t reader;
  pw_string_t word;
  pw_option_string_t longest;
} longest_t;

static void longest_more(void *self, size_t count, bool open) {
  longest_t *it = self;
  if (count == 1) {
    if (!it->longest.is_some || it->word.len > it->longest.val.len) {
      pw_string_free(&it->longest.val);
      it->longest = (pw_option_string_t){true, it->word};
    } else {
      pw_string_free(&it->word);
    }
  }
  if (open) {
    pw_then(it->reader, pw_stream_string_read(it->reader, &it->word, 1), longest_more, it);
    return;
  }
  flows_longest_return(it->longest);
  pw_string_free(&it->longest.val);
  pw_stream_string_drop_readable(it->reader);
  free(it);
}

pw_callback_code_t flows_longest(pw_stream_string_t words) {
  longest_t *it = PW_ALLOC(longest_t, 1);
  it->reader = words;
  longest_more(it, 0, true);
  return pw_wait();
}

// Doubles a number that comes later.

typedef struct twice {
  pw_future_u32_t reader;
  pw_future_u32_writer_t writer;
  uint32_t number;
} twice_t;

static void twice_written(void *self, size_t count, bool open) {
  (void)count;
  (void)open;
  twice_t *it = self;
  pw_future_u32_drop_readable(it->reader);
  pw_future_u32_drop_writable(it->writer);
  free(it);
}

static void twice_read(void *self, size_t count, bool open) {
  (void)count;
  (void)open;
  twice_t *it = self;
  it->number *= 2;
  pw_then(it->writer, pw_future_u32_write(it->writer, &it->number), twice_written, it);
}

pw_callback_code_t flows_double(pw_future_u32_t number) {
  twice_t *it = PW_ALLOC(twice_t, 1);
  it->reader = number;
  flows_double_return(pw_future_u32_new(&it->writer));
  pw_then(it->reader, pw_future_u32_read(it->reader, &it->number), twice_read, it);
  return pw_wait();
}

// Parses numbers, one a line.

typedef struct parse {
  pw_stream_u8_t text;
  pw_stream_u32_writer_t numbers;
  flows_future_result_u32_string_writer_t told;
  flows_result_u32_string_t outcome;
  uint8_t piece[PIECE];
  size_t at;
  size_t count;
  bool open;
  struct {
    uint8_t *ptr;
    size_t len;
  } line;
  uint32_t number;
} parse_t;

static void parse_told(void *self, size_t count, bool open) {
  (void)count;
  (void)open;
  parse_t *it = self;
  flows_future_result_u32_string_drop_writable(it->told);
  flows_result_u32_string_free(&it->outcome);
  free(it->line.ptr);
  free(it);
}

static void parse_end(parse_t *it) {
  pw_stream_u8_drop_readable(it->text);
  pw_stream_u32_drop_writable(it->numbers);
  pw_then(it->told, flows_future_result_u32_string_write(it->told, &it->outcome), parse_told, it);
}

// Reads the number of a line, or says that there is none.
static bool parse_line(parse_t *it) {
  uint64_t number = 0;
  bool is_number = it->line.len > 0;
  for (size_t i = 0; i < it->line.len; i++) {
    uint8_t digit = it->line.ptr[i] - '0';
    number = number * 10 + digit;
    is_number = is_number && digit < 10 && number <= UINT32_MAX;
  }
  it->number = (uint32_t)number;
  return is_number;
}

static void parse_read(void *self, size_t count, bool open);

static void parse_more(void *self, size_t count, bool open) {
  (void)count;
  parse_t *it = self;
  if (!open) {
    parse_end(it);
    return;
  }
  while (it->at < it->count) {
    uint8_t byte = it->piece[it->at++];
    if (byte != '\n') {
      PW_PUSH(&it->line, byte);
      continue;
    }
    if (!parse_line(it)) {
      it->outcome.is_err = true;
      it->outcome.val.err = pw_string_copy_n(it->line.ptr, it->line.len);
      parse_end(it);
      return;
    }
    it->line.len = 0;
    it->outcome.val.ok++;
    pw_then(it->numbers, pw_stream_u32_write(it->numbers, &it->number, 1), parse_more, it);
    return;
  }
  if (it->open) {
    pw_then(it->text, pw_stream_u8_read(it->text, it->piece, PIECE), parse_read, it);
  } else {
    parse_end(it);
  }
}

static void parse_read(void *self, size_t count, bool open) {
  parse_t *it = self;
  it->at = 0;
  it->count = count;
  it->open = open;
  parse_more(it, 0, true);
}

pw_callback_code_t flows_parse(pw_stream_u8_t text) {
  parse_t *it = PW_ALLOC(parse_t, 1);
  it->text = text;
  flows_tuple2_stream_u32_future_result_u32_string_t ends;
  ends.f0 = pw_stream_u32_new(&it->numbers);
  ends.f1 = flows_future_result_u32_string_new(&it->told);
  flows_parse_return(ends);
  parse_read(it, 0, true);
  return pw_wait();
}

// Copies a file of the host's.

typedef struct copy {
  files_future_result_u64_string_t written;
  files_result_u64_string_t result;
} copy_t;

static void copy_written(void *self, size_t count, bool open) {
  (void)count;
  (void)open;
  copy_t *it = self;
  flows_result_u64_string_t ret = {.is_err = it->result.is_err};
  if (ret.is_err) {
    ret.val.err = it->result.val.err;
  } else {
    ret.val.ok = it->result.val.ok;
  }
  flows_copy_return(ret);
  flows_result_u64_string_free(&ret);
  files_future_result_u64_string_drop_readable(it->written);
  free(it);
}

pw_callback_code_t flows_copy(pw_string_t *source, pw_string_t *target) {
  pw_stream_u8_t text;
  flows_result_u64_string_t failed = {.is_err = true};
  if (!files_read(source, &text, &failed.val.err)) {
    flows_copy_return(failed);
    flows_result_u64_string_free(&failed);
  } else {
    copy_t *it = PW_ALLOC(copy_t, 1);
    it->written = files_write(target, shouted(text));
    pw_then(it->written, files_future_result_u64_string_read(it->written, &it->result), copy_written, it);
  }
  pw_string_free(source);
  pw_string_free(target);
  return pw_wait();
}
