/**
 * @file
 * What every plugin in C or C++ has, whatever its world: strings, memory, and a way to fail with a message.
 *
 * Who owns what: a string or a list that comes out of a call belongs to whoever receives it, and is freed with the
 * function `.._free` of its type. All memory is that of malloc().
 */
#ifndef PLUGWRIGHT_H
#define PLUGWRIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A string in UTF-8: `len` bytes at `ptr`, without a NUL at the end.
 *
 * An empty one may have any pointer.
 */
typedef struct pw_string_t {
  uint8_t *ptr;
  size_t len;
} pw_string_t;

/**
 * Makes a string of a C string without copying it.
 *
 * For what you only lend, such as an argument of a function that the host offers. Do not free it, and do not give it
 * back from a function of your own: what you give back is freed for you.
 */
pw_string_t pw_string_view(const char *text);

/** Copies a C string; the copy is yours to free or to give back. */
pw_string_t pw_string_copy(const char *text);

/** Copies `len` bytes of UTF-8; the copy is yours to free or to give back. */
pw_string_t pw_string_copy_n(const void *bytes, size_t len);

/** Puts `count` strings together to one, which is yours to free or to give back; they stay what they are. */
pw_string_t pw_string_join(const pw_string_t *parts, size_t count);

/** Writes a string as printf() does, which adds 16 KiB to a plugin; it is yours to free or to give back. */
pw_string_t pw_string_format(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/** Copies a string to a C string with a NUL at the end, which you free with free(). */
char *pw_string_to_c(const pw_string_t *string);

/** Whether a string has exactly the bytes of a C string. */
bool pw_string_is(const pw_string_t *string, const char *text);

/** Whether two strings have the same bytes. */
bool pw_string_equal(const pw_string_t *left, const pw_string_t *right);

/** Compares two strings byte by byte: less than, equal to or greater than 0, as memcmp() does. */
int pw_string_compare(const pw_string_t *left, const pw_string_t *right);

/**
 * Reads the character that starts at the byte `at` of a string, and puts `at` behind it.
 *
 * As in `for (size_t at = 0; at < string.len;) { uint32_t character = pw_char_read(&string, &at); .. }`. The string is
 * UTF-8, as every string of the host's is.
 */
uint32_t pw_char_read(const pw_string_t *string, size_t *at);

/** Writes a character in UTF-8, and gives the number of its bytes, from 1 to 4. */
size_t pw_char_write(uint32_t character, uint8_t bytes[4]);

/** Frees the memory of a string, and leaves it empty. */
void pw_string_free(pw_string_t *string);

/**
 * Allocates memory for `count` things of `size` bytes each, all zero; NULL for none.
 *
 * It never fails: a plugin that is out of memory ends here.
 */
void *pw_alloc(size_t count, size_t size);

/** Makes room for one more thing of `size` bytes behind `len` of them; for #PW_PUSH. */
void *pw_grow(void *ptr, size_t len, size_t size);

/** Allocates memory for `count` values of a type, all zero, as in `list.ptr = PW_ALLOC(float, n)`. */
#define PW_ALLOC(type, count) ((type *)pw_alloc((count), sizeof(type)))

/**
 * Puts a value at the end of a list, as in `PW_PUSH(&list, 4.5f)`.
 *
 * The list is empty at first (`{0}`), and has been filled by this macro alone: it grows in powers of two.
 */
#define PW_PUSH(list, value) \
  ((list)->ptr = (__typeof__((list)->ptr))pw_grow((list)->ptr, (list)->len, sizeof(*(list)->ptr)), \
   (list)->ptr[(list)->len] = (value), (void)(list)->len++)

/** Ends the plugin; for #PW_PANIC. */
void pw_panic(const char *file, int line, const char *function, const char *format, ...)
    __attribute__((__noreturn__, __format__(__printf__, 4, 5)));

/**
 * Ends the plugin with a message, written as by printf().
 *
 * The message goes to the standard error stream with the file and the line, from where the host puts it into the error
 * of the call. In a plugin that is built without WASI nobody can hear it, and the plugin just ends.
 */
#define PW_PANIC(...) pw_panic(__FILE__, __LINE__, __func__, __VA_ARGS__)

/** Ends the plugin with a message if a condition does not hold; in release builds too. */
#define PW_ASSERT(condition) \
  ((condition) ? (void)0 : pw_panic(__FILE__, __LINE__, __func__, "%s", "`" #condition "` does not hold"))

#ifdef __cplusplus
}
#endif

#endif
