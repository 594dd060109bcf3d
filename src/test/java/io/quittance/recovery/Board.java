package io.quittance.recovery;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Payments that any client may act upon, by what they were when last heard of; so clients get into
 * each other's way. Thread-safe.
 */
final class Board {

  enum Kind {
    PARKED,
    HELD,
    PAID
  }

  record Target(String paymentId, long amount, boolean automatic) {}

  private static final double FORGOTTEN = 0.3;

  private final Map<Kind, List<Target>> targets = new EnumMap<>(Kind.class);

  Board() {
    for (Kind kind : Kind.values()) {
      targets.put(kind, new ArrayList<>());
    }
  }

  synchronized void add(Kind kind, Target target) {
    targets.get(kind).add(target);
  }

  /** One of a kind, which may or may not be found again. */
  synchronized Optional<Target> pick(Kind kind, Random random) {
    List<Target> some = targets.get(kind);
    if (some.isEmpty()) {
      return Optional.empty();
    }
    int index = random.nextInt(some.size());
    Target target = some.get(index);
    if (random.nextDouble() < FORGOTTEN) {
      some.set(index, some.getLast());
      some.removeLast();
    }
    return Optional.of(target);
  }

  /** Takes note of what an answer says of a payment. */
  void learn(Request request, Target target) {
    switch (request.operation()) {
      case REVIEW -> {
        if (request.last()) {
          add(target.automatic() ? Kind.PAID : Kind.HELD, target);
        }
      }
      case CAPTURE -> add(Kind.PAID, target);
      case PAY, TRANSFER, CANCEL, REFUND -> {}
    }
  }
}
