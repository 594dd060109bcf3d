package io.quittance.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** One payment as its clients were told: what they were told must add up, and be what is stored. */
final class Story {

  /**
   * The hold as it is stored.
   *
   * @param ranOut whether the payment's time is over
   * @param lateCaptures how many captures are not before that
   */
  record Hold(String state, boolean ranOut, int lateCaptures) {}

  /**
   * The payment as it is stored.
   *
   * @param captured the amounts of its posted transfers to the payee, in minor units
   * @param refunded of those to the payer
   * @param events the types of its events, in order
   */
  record Stored(
      String status,
      long amount,
      long amountCaptured,
      long amountRefunded,
      List<Long> captured,
      List<Long> refunded,
      Hold hold,
      List<String> events) {}

  private static final Set<String> OPEN = Set.of("in_review", "authorized");
  private static final String REFUNDED = "refund.succeeded";

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
    check(found, status(stored).equals(stored.status()), "not " + status(stored));
    check(found, stored.amountCaptured() <= stored.amount(), "captured too much");
    check(found, stored.amountRefunded() <= stored.amountCaptured(), "refunded too much");
    List<Long> captured = captured(stored);
    check(found, captured.equals(sorted(stored.captured())), "captures told: " + captured);
    check(found, sum(captured) == stored.amountCaptured(), "sum of captures " + sum(captured));
    List<Long> refunded = amounts(Operation.REFUND);
    check(found, refunded.equals(sorted(stored.refunded())), "refunds told: " + refunded);
    check(found, sum(refunded) == stored.amountRefunded(), "sum of refunds " + sum(refunded));
    check(found, stored.hold().lateCaptures() == 0, "captured after its time");
    Set<String> holds = holds(stored);
    check(found, holds.contains(stored.hold().state()), "the hold is not " + holds);
    List<String> events = events(stored);
    check(found, sorted(events).equals(sorted(stored.events())), "events told: " + events);
    check(found, onlyRefundsAfterTheEnd(stored), "an event after the end");
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

  private String status(Stored stored) {
    return switch (made.outcome().status()) {
      case 201 -> approved(stored);
      case 202 -> reviewed(stored);
      case 402 -> "declined";
      default -> "failed";
    };
  }

  private String reviewed(Stored stored) {
    List<History.Entry> decisions = successes(Operation.REVIEW).toList();
    if (!decisions.isEmpty()) {
      return decisions.getFirst().request().last() ? approved(stored) : "declined";
    }
    return stored.hold().ranOut() ? "expired" : "in_review";
  }

  private String approved(Stored stored) {
    if (made.request().last()) {
      return "succeeded";
    }
    long captured = sum(amounts(Operation.CAPTURE));
    if (!ended()) {
      if (!stored.hold().ranOut()) {
        return "authorized";
      }
      return captured == 0 ? "expired" : "succeeded";
    }
    return captured == 0 ? "canceled" : "succeeded";
  }

  /** Whether a merchant has ended the holding, by captures or a cancel. */
  private boolean ended() {
    return endings() > 0 || sum(amounts(Operation.CAPTURE)) == made.request().amount();
  }

  private Set<String> holds(Stored stored) {
    return switch (stored.status()) {
      case "in_review", "authorized" -> Set.of("pending");
      case "expired" -> Set.of("expired");
      case "canceled" -> Set.of("voided");
      case "declined" -> Set.of(made.outcome().status() == 202 ? "voided" : "none");
      case "succeeded" -> Set.of(made.request().last() ? "posted" : endOfHold());
      default -> Set.of("none", "voided", "expired");
    };
  }

  private String endOfHold() {
    if (successes(Operation.CANCEL).findAny().isPresent()) {
      return "voided";
    }
    return ended() ? "posted" : "expired";
  }

  /** Each transition that was told of has told of itself, once. */
  private List<String> events(Stored stored) {
    List<String> events = new ArrayList<>();
    boolean parked = made.outcome().status() == 202;
    boolean approved =
        !parked || successes(Operation.REVIEW).anyMatch(review -> review.request().last());
    if (parked) {
      events.add("payment.in_review");
    }
    if (made.succeeded() && approved && !made.request().last()) {
      events.add("payment.authorized");
    }
    successes(Operation.CAPTURE).forEach(capture -> events.add("payment.captured"));
    successes(Operation.REFUND).forEach(refund -> events.add(REFUNDED));
    if (!OPEN.contains(stored.status())) {
      events.add("payment." + stored.status());
    }
    return events;
  }

  private static boolean onlyRefundsAfterTheEnd(Stored stored) {
    int end = stored.events().indexOf("payment." + stored.status());
    return OPEN.contains(stored.status())
        || stored.events().stream().skip(end + 1L).allMatch(REFUNDED::equals);
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

  private static <T extends Comparable<T>> List<T> sorted(List<T> some) {
    return some.stream().sorted().toList();
  }

  private static long sum(List<Long> amounts) {
    return amounts.stream().mapToLong(Long::longValue).sum();
  }
}
