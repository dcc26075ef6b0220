// Implements what has reserved names.
#include "keywords.h"

#define GIVE(...) \
  const uint8_t all[] = {__VA_ARGS__}; \
  *ret = (pw_list_u8_t){0}; \
  for (size_t i = 0; i < sizeof all; i++) { \
    PW_PUSH(ret, all[i]); \
  }

bool keywords_async(bool await) {
  return await;
}

bool keywords_goto(bool label) {
  return label;
}

void verbs_match(
    uint8_t self,
    uint8_t type,
    uint8_t fn,
    uint8_t move,
    uint8_t ref,
    uint8_t crate,
    pw_list_u8_t *ret) {
  GIVE(self, type, fn, move, ref, crate)
}

void verbs_impl(
    uint8_t super,
    uint8_t dyn,
    uint8_t mut,
    uint8_t loop,
    uint8_t unsafe,
    uint8_t gen,
    pw_list_u8_t *ret) {
  GIVE(super, dyn, mut, loop, unsafe, gen)
}

void verbs_switch(
    uint8_t int_,
    uint8_t char_,
    uint8_t register_,
    uint8_t volatile_,
    uint8_t struct_,
    uint8_t default_,
    pw_list_u8_t *ret) {
  GIVE(int_, char_, register_, volatile_, struct_, default_)
}

void verbs_sizeof(
    uint8_t errno_,
    uint8_t stdin_,
    uint8_t main,
    uint8_t inline_,
    uint8_t restrict_,
    uint8_t extern_,
    pw_list_u8_t *ret) {
  GIVE(errno_, stdin_, main, inline_, restrict_, extern_)
}

void verbs_operator(
    uint8_t class_,
    uint8_t template_,
    uint8_t new_,
    uint8_t delete_,
    uint8_t namespace_,
    uint8_t private_,
    pw_list_u8_t *ret) {
  GIVE(class_, template_, new_, delete_, namespace_, private_)
}

void verbs_defer(
    uint8_t chan,
    uint8_t go,
    uint8_t range,
    uint8_t select,
    uint8_t interface,
    uint8_t package,
    pw_list_u8_t *ret) {
  GIVE(chan, go, range, select, interface, package)
}

void verbs_make(
    uint8_t nil,
    uint8_t len,
    uint8_t string,
    uint8_t error,
    uint8_t append,
    uint8_t iota,
    pw_list_u8_t *ret) {
  GIVE(nil, len, string, error, append, iota)
}

void verbs_typeof(
    uint8_t var,
    uint8_t let,
    uint8_t arguments,
    uint8_t eval,
    uint8_t await,
    uint8_t yield,
    pw_list_u8_t *ret) {
  GIVE(var, let, arguments, eval, await, yield)
}

void verbs_delete(
    uint8_t null,
    uint8_t undefined,
    uint8_t function,
    uint8_t this_,
    uint8_t debugger,
    uint8_t in,
    pw_list_u8_t *ret) {
  GIVE(null, undefined, function, this_, debugger, in)
}

void verbs_lambda(
    uint8_t def,
    uint8_t none,
    uint8_t true_,
    uint8_t pass,
    uint8_t nonlocal,
    uint8_t global,
    pw_list_u8_t *ret) {
  GIVE(def, none, true_, pass, nonlocal, global)
}

void verbs_print(
    uint8_t id,
    uint8_t list,
    uint8_t object,
    uint8_t len,
    uint8_t with,
    uint8_t raise,
    pw_list_u8_t *ret) {
  GIVE(id, list, object, len, with, raise)
}

void nouns_for(nouns_struct_t *it, nouns_struct_t *ret) {
  *ret = *it;
}

void nouns_while(nouns_union_t *it, nouns_union_t *ret) {
  *ret = *it;
}

nouns_object_t nouns_try(nouns_object_t it) {
  return it;
}

nouns_set_t nouns_catch(nouns_set_t it) {
  return it;
}

void nouns_throw(nouns_string_t it, nouns_array_t *ret) {
  *ret = (nouns_array_t){0};
  PW_PUSH(ret, (uint8_t)it);
}

uint8_t class_return(uint8_t return_) {
  return return_;
}
