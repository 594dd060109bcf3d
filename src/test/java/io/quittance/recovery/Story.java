package io.quittance.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** One payment as its clients were told: what they were told must add up, and be what is stored. */
final class Story {

  /**
   * The payment as it is stored.
   *
   * @param captured the amounts of its posted transfers to the payee, in minor units
   * @param refunded of those to the payer
   */
  record Stored(
      String status,
      long amount,
      long amountCaptured,
      long amountRefunded,
      List<Long> captured,
      List<Long> refunded) {}

  private final History.Entry made;
  private final List<History.Entry> acts = new ArrayList<>();

  Story(History.Entry made) {
    this.made = made;
  }

  void add(History.Entry act) {
    acts.add(act);
  }

  /** What does not fit together, in words. */
  List<String> contradictions(Stored stored) {
    List<String> found = new ArrayList<>();
    check(found, stored.amount() == made.request().amount(), "another amount");
    check(found, successes(Operation.REVIEW).count() <= 1, "reviewed twice");
    check(found, endings() <= 1, "ended twice, by cancels or final captures");
    check(found, statuses(stored).contains(stored.status()), "not " + statuses(stored));
    check(found, stored.amountCaptured() <= stored.amount(), "captured too much");
    check(found, stored.amountRefunded() <= stored.amountCaptured(), "refunded too much");
    List<Long> captured = captured(stored);
    check(found, captured.equals(sorted(stored.captured())), "captures told: " + captured);
    check(found, sum(captured) == stored.amountCaptured(), "sum of captures " + sum(captured));
    List<Long> refunded = amounts(Operation.REFUND);
    check(found, refunded.equals(sorted(stored.refunded())), "refunds told: " + refunded);
    check(found, sum(refunded) == stored.amountRefunded(), "sum of refunds " + sum(refunded));
    return found.stream()
        .map(what -> "%s: %s; %s; told: %s %s".formatted(id(), what, stored, made, acts))
        .toList();
  }

  private static void check(List<String> found, boolean fine, String otherwise) {
    if (!fine) {
      found.add(otherwise);
    }
  }

  private String id() {
    return made.outcome().id();
  }

  private long endings() {
    long finalCaptures =
        successes(Operation.CAPTURE).filter(capture -> capture.request().last()).count();
    return finalCaptures + successes(Operation.CANCEL).count();
  }

  /** What may be stored now; more than one only where a lost answer to a review leaves it open. */
  private Set<String> statuses(Stored stored) {
    return switch (made.outcome().status()) {
      case 201 -> Set.of(approved());
      case 202 -> reviewed(stored);
      case 402 -> Set.of("declined");
      default -> Set.of("failed");
    };
  }

  private Set<String> reviewed(Stored stored) {
    List<History.Entry> decisions = successes(Operation.REVIEW).toList();
    if (!decisions.isEmpty()) {
      return Set.of(decisions.getFirst().request().last() ? approved() : "declined");
    }
    boolean decidedUnheard =
        acts.stream()
            .anyMatch(act -> act.request().operation() == Operation.REVIEW && act.doubted());
    return decidedUnheard ? Set.of(approved(), "declined") : Set.of("in_review");
  }

  private String approved() {
    if (made.request().last()) {
      return "succeeded";
    }
    long captured = sum(amounts(Operation.CAPTURE));
    if (endings() == 0 && captured < made.request().amount()) {
      return "authorized";
    }
    return captured == 0 ? "canceled" : "succeeded";
  }

  private List<Long> captured(Stored stored) {
    boolean atOnce = made.request().last() && stored.status().equals("succeeded");
    return atOnce ? List.of(made.request().amount()) : amounts(Operation.CAPTURE);
  }

  private Stream<History.Entry> successes(Operation operation) {
    return acts.stream().filter(act -> act.request().operation() == operation && act.succeeded());
  }

  private List<Long> amounts(Operation operation) {
    return successes(operation).map(act -> act.outcome().amount()).sorted().toList();
  }

  private static List<Long> sorted(List<Long> amounts) {
    return amounts.stream().sorted().toList();
  }

  private static long sum(List<Long> amounts) {
    return amounts.stream().mapToLong(Long::longValue).sum();
  }
}
