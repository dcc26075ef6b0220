typedef struct pw_pending {
  struct pw_pending *next;
  uint32_t waitable;
  uint32_t status;
  bool ended;
  pw_then_t then;
  void *self;
} pw_pending_t;

/** One call of an asynchronous function of the plugin. */
typedef struct pw_task {
  pw_waitable_set_t set;
  pw_pending_t *pending;
} pw_task_t;

static pw_task_t *pw_current;

static void pw_add(uint32_t waitable, uint32_t status, bool ended, pw_then_t then, void *self) {
  if (pw_current == NULL) {
    pw_current = PW_ALLOC(pw_task_t, 1);
  }
  if (!ended) {
    if (pw_current->set == 0) {
      pw_current->set = pw_waitable_set_new();
    }
    pw_waitable_join(waitable, pw_current->set);
  }
  pw_pending_t **last = &pw_current->pending;
  while (*last != NULL) {
    last = &(*last)->next;
  }
  *last = PW_ALLOC(pw_pending_t, 1);
  **last = (pw_pending_t){NULL, waitable, status, ended, then, self};
}

void pw_then(uint32_t end, pw_waitable_status_t status, pw_then_t then, void *self) {
  pw_add(end, status, status != PW_WAITABLE_STATUS_BLOCKED, then, self);
}

void pw_then_call(pw_subtask_status_t status, pw_then_t then, void *self) {
  bool ended = PW_SUBTASK_STATE(status) >= PW_SUBTASK_RETURNED;
  pw_add(PW_SUBTASK_HANDLE(status), PW_WAITABLE_COMPLETED, ended, then, self);
}

/** Takes out the first that has ended. */
static pw_pending_t *pw_next(void) {
  for (pw_pending_t **at = &pw_current->pending; *at != NULL; at = &(*at)->next) {
    pw_pending_t *found = *at;
    if (found->ended) {
      *at = found->next;
      return found;
    }
  }
  return NULL;
}

pw_callback_code_t pw_wait(void) {
  if (pw_current == NULL) {
    return PW_CALLBACK_CODE_EXIT;
  }
  pw_pending_t *next;
  while ((next = pw_next()) != NULL) {
    pw_pending_t it = *next;
    free(next);
    it.then(it.self, PW_WAITABLE_COUNT(it.status), PW_WAITABLE_STATE(it.status) == PW_WAITABLE_COMPLETED);
  }
  pw_task_t *task = pw_current;
  pw_current = NULL;
  if (task->pending != NULL) {
    pw_context_set_0(task);
    return PW_CALLBACK_CODE_WAIT(task->set);
  }
  if (task->set != 0) {
    pw_waitable_set_drop(task->set);
  }
  free(task);
  return PW_CALLBACK_CODE_EXIT;
}

pw_callback_code_t pw_resume(pw_event_t *event) {
  pw_current = pw_context_get_0();
  bool is_call = event->event == PW_EVENT_SUBTASK;
  // Work that the host asks to stop goes on to its end, as it may.
  if (event->event != PW_EVENT_NONE && event->event != PW_EVENT_CANCEL && pw_current != NULL &&
      !(is_call && event->code < PW_SUBTASK_RETURNED)) {
    for (pw_pending_t *it = pw_current->pending; it != NULL; it = it->next) {
      if (it->waitable == event->waitable && !it->ended) {
        pw_waitable_join(it->waitable, 0);
        if (is_call) {
          pw_subtask_drop(it->waitable);
        } else {
          it->status = event->code;
        }
        it->ended = true;
      }
    }
  }
  return pw_wait();
}
