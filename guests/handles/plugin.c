// Works with notebooks that its host keeps.
#include "handles.h"

#include <stdlib.h>

static struct {
  bool is_there;
  tasks_notebook_own_t it;
} held;

static shelf_notebook_own_t filled(const char *title, const pw_list_string_t *lines) {
  pw_string_t name = pw_string_view(title);
  shelf_notebook_own_t notebook = shelf_notebook_new(&name);
  for (size_t i = 0; i < lines->len; i++) {
    shelf_notebook_append(shelf_notebook_borrow(notebook), &lines->ptr[i]);
  }
  return notebook;
}

// Tells how many lines a notebook has.
static uint32_t count(shelf_notebook_borrow_t notebook) {
  pw_list_string_t lines;
  shelf_notebook_lines(notebook, &lines);
  uint32_t count = (uint32_t)lines.len;
  pw_list_string_free(&lines);
  return count;
}

uint32_t tasks_jot(pw_string_t *title, pw_list_string_t *lines) {
  char *name = pw_string_to_c(title);
  shelf_notebook_own_t notebook = filled(name, lines);
  uint32_t length = count(shelf_notebook_borrow(notebook));
  shelf_notebook_drop(notebook);
  free(name);
  pw_string_free(title);
  pw_list_string_free(lines);
  return length;
}

bool tasks_read(pw_string_t *title, pw_list_string_t *ret, tasks_failure_t *err) {
  shelf_notebook_own_t notebook;
  bool is_open = shelf_open(title, &notebook, err);
  pw_string_free(title);
  if (is_open) {
    shelf_notebook_lines(shelf_notebook_borrow(notebook), ret);
    shelf_notebook_drop(notebook);
  }
  return is_open;
}

void tasks_join(pw_list_string_t *left, pw_list_string_t *right, pw_list_string_t *ret) {
  shelf_notebook_own_t other = filled("right", right);
  shelf_notebook_own_t joined =
      shelf_notebook_joined(filled("left", left), shelf_notebook_borrow(other));
  shelf_notebook_lines(shelf_notebook_borrow(joined), ret);
  shelf_notebook_drop(joined);
  shelf_notebook_drop(other);
  pw_list_string_free(left);
  pw_list_string_free(right);
}

uint32_t tasks_archive(uint32_t count) {
  shelf_list_own_notebook_t notebooks = {0};
  for (uint32_t i = 0; i < count; i++) {
    pw_string_t title = pw_string_format("%u", i);
    PW_PUSH(&notebooks, shelf_notebook_new(&title));
    pw_string_free(&title);
  }
  uint32_t last = 0;
  if (count > 0) {
    last = shelf_archive(notebooks.ptr[count - 1]);
    notebooks.len--;
  }
  last += shelf_archive_all(&notebooks);
  // The handles have been handed over, the memory has not.
  free(notebooks.ptr);
  return last;
}

void tasks_titles(pw_list_string_t *ret) {
  shelf_list_own_notebook_t all;
  shelf_all(&all);
  *ret = (pw_list_string_t){PW_ALLOC(pw_string_t, all.len), all.len};
  for (size_t i = 0; i < all.len; i++) {
    shelf_notebook_title(shelf_notebook_borrow(all.ptr[i]), &ret->ptr[i]);
    shelf_notebook_drop(all.ptr[i]);
  }
  shelf_list_own_notebook_free(&all);
}

bool tasks_longest(pw_list_u32_t *lengths, uint32_t *ret) {
  shelf_notebook_own_t *notebooks = PW_ALLOC(shelf_notebook_own_t, lengths->len);
  shelf_list_borrow_notebook_t borrows = {0};
  for (size_t i = 0; i < lengths->len; i++) {
    pw_list_string_t lines = {PW_ALLOC(pw_string_t, lengths->ptr[i]), lengths->ptr[i]};
    for (size_t line = 0; line < lines.len; line++) {
      lines.ptr[line] = pw_string_format("%zu", line);
    }
    notebooks[i] = filled("long", &lines);
    pw_list_string_free(&lines);
    PW_PUSH(&borrows, shelf_notebook_borrow(notebooks[i]));
  }
  bool is_there = shelf_longest(&borrows, ret);
  for (size_t i = 0; i < lengths->len; i++) {
    shelf_notebook_drop(notebooks[i]);
  }
  free(notebooks);
  shelf_list_borrow_notebook_free(&borrows);
  pw_list_u32_free(lengths);
  return is_there;
}

uint32_t tasks_measure(tasks_notebook_borrow_t it) {
  uint32_t length = count(it);
  shelf_notebook_drop_borrow(it);
  return length;
}

tasks_notebook_own_t tasks_pass(tasks_notebook_own_t it, pw_string_t *line) {
  shelf_notebook_append(shelf_notebook_borrow(it), line);
  pw_string_free(line);
  return it;
}

tasks_notebook_own_t tasks_make(pw_string_t *title) {
  shelf_notebook_own_t notebook = shelf_notebook_new(title);
  pw_string_free(title);
  return notebook;
}

void tasks_hold(tasks_notebook_own_t it) {
  if (held.is_there) {
    shelf_notebook_drop(held.it);
  }
  held.is_there = true;
  held.it = it;
}

bool tasks_release(tasks_notebook_own_t *ret) {
  bool was_there = held.is_there;
  *ret = held.it;
  held.is_there = false;
  return was_there;
}
