// Works with notebooks that its host keeps.
import { plugin } from "handles-sdk";
import * as shelf from "handles-sdk/shelf";

const { Notebook } = shelf;

let held;

function filled(title, lines) {
  const notebook = new Notebook(title);
  for (const line of lines) notebook.append(line);
  return notebook;
}

/** Does something with what it gives back to the host afterwards. */
function using(resources, work) {
  try {
    return work(resources);
  } finally {
    for (const it of resources) it[Symbol.dispose]();
  }
}

export default plugin({
  tasks: {
    jot: (title, lines) => using([filled(title, lines)], ([it]) => it.lines().length),
    read: (title) => using([shelf.open(title)], ([it]) => it.lines()),
    join: (left, right) =>
      using([filled("right", right)], ([it]) =>
        using([Notebook.joined(filled("left", left), it)], ([joined]) => joined.lines()),
      ),
    archive(count) {
      const notebooks = Array.from({ length: count }, (_, at) => new Notebook(String(at)));
      const last = notebooks.pop();
      return (last === undefined ? 0 : shelf.archive(last)) + shelf.archiveAll(notebooks);
    },
    titles: () => using(shelf.all(), (all) => all.map((it) => it.title())),
    longest(lengths) {
      const lines = (length) => Array.from({ length }, (_, at) => String(at));
      return using(lengths.map((it) => filled("long", lines(it))), (them) => shelf.longest(them));
    },
    measure: (it) => it.lines().length,
    pass(it, line) {
      it.append(line);
      return it;
    },
    make: (title) => new Notebook(title),
    hold(it) {
      held?.[Symbol.dispose]();
      held = it;
    },
    release() {
      const it = held;
      held = undefined;
      return it;
    },
  },
});
