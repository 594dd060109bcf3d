package io.quittance.concurrency;

import java.util.ArrayList;
import java.util.List;

/**
 * The scopes that a subtask opened and closed: the first few, and their number, because a subtask
 * may open thousands. Thread-safe.
 */
final class NestedScopes {

  static final int KEPT = 16;

  private final List<DeadlineScope> first = new ArrayList<>(1);
  private int closed;

  synchronized void closed(DeadlineScope scope) {
    closed++;
    if (first.size() < KEPT) {
      first.add(scope);
    }
  }

  synchronized int count() {
    return closed;
  }

  synchronized List<ScopeReport> reports() {
    return first.stream().map(DeadlineScope::report).toList();
  }
}
