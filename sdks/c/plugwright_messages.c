// A file of its own, as it brings the C library's printf() into every plugin that uses it, and into no other.
#include "plugwright.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef PW_PURE
#include <unistd.h>
#endif

static pw_string_t format_all(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int len = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (len < 0) {
    abort();
  }
  pw_string_t text = {PW_ALLOC(uint8_t, (size_t)len + 1), (size_t)len};
  vsnprintf((char *)text.ptr, (size_t)len + 1, format, arguments);
  return text;
}

pw_string_t pw_string_format(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  pw_string_t text = format_all(format, arguments);
  va_end(arguments);
  if (text.len == 0) {
    free(text.ptr);
    text.ptr = NULL;
  }
  return text;
}

void pw_panic(const char *file, int line, const char *function, const char *format, ...) {
#ifndef PW_PURE
  va_list arguments;
  va_start(arguments, format);
  pw_string_t message = format_all(format, arguments);
  va_end(arguments);
  pw_string_t text = pw_string_format("%s:%d: %s: %s\n", file, line, function, (const char *)message.ptr);
  size_t done = 0;
  while (done < text.len) {
    ssize_t written = write(STDERR_FILENO, text.ptr + done, text.len - done);
    if (written <= 0) {
      break;
    }
    done += (size_t)written;
  }
#else
  (void)file;
  (void)line;
  (void)function;
  (void)format;
#endif
  abort();
}
