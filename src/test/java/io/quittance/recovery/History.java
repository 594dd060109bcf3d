package io.quittance.recovery;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Every request of a storm, twins too, and what became of it. Thread-safe. */
final class History {

  /**
   * A request's end.
   *
   * @param outcome null while it has no definite answer
   * @param named the objects that definite-looking answers on the way have named
   */
  record Entry(Request request, @Nullable Outcome outcome, Set<String> named) {

    boolean definite() {
      return outcome != null;
    }

    boolean succeeded() {
      return outcome != null && outcome.succeeded();
    }

    @Override
    public String toString() {
      return "%s %s%s %s -> %s"
          .formatted(
              request.operation(),
              request.key(),
              request.isTwin() ? " (waiting)" : "",
              request.body(),
              outcome);
    }
  }

  private final Map<Request, Entry> entries = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> attempts = new ConcurrentSkipListMap<>();

  void attempted(String result) {
    attempts.computeIfAbsent(result, any -> new LongAdder()).increment();
  }

  void record(Entry entry) {
    entries.put(entry.request(), entry);
  }

  Collection<Entry> entries() {
    return entries.values();
  }

  List<Entry> undecided() {
    return entries.values().stream().filter(entry -> !entry.definite()).toList();
  }

  long acknowledged() {
    return entries.values().stream().filter(Entry::succeeded).count();
  }

  long twins() {
    return entries.keySet().stream().filter(Request::isTwin).count();
  }

  /** Attempts by result, and how many requests are done. */
  @Override
  public String toString() {
    return "%d requests answered, %d of them twins, %d with success; attempts %s"
        .formatted(entries.size(), twins(), acknowledged(), attempts);
  }
}
