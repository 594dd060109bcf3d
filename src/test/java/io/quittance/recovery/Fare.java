package io.quittance.recovery;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a bystander's payments fared.
 *
 * @param payments in any order
 * @param time from the first request to the last answer
 */
record Fare(List<Answered> payments, Duration time) {

  private static final String UNKNOWN = "202";

  /**
   * What a payment was answered, and how long that took.
   *
   * @param paymentId null if the answer names none
   */
  record Answered(String answer, String paymentId, Duration took) {}

  /** The ids of the payments whose end was not known yet. */
  List<String> unknown() {
    return payments.stream()
        .filter(payment -> payment.answer().startsWith(UNKNOWN))
        .map(Answered::paymentId)
        .toList();
  }

  /** How many payments had which answer. */
  Map<String, Integer> answers() {
    return payments.stream()
        .collect(Collectors.toMap(Answered::answer, _ -> 1, Integer::sum, TreeMap::new));
  }

  /** Answers per second. */
  double rate() {
    return payments.size() / (time.toNanos() / 1e9);
  }

  /** How long all but one in a hundred took at most. */
  Duration p99() {
    List<Duration> sorted =
        payments.stream().map(Answered::took).sorted(Comparator.reverseOrder()).toList();
    return sorted.get(sorted.size() / 100);
  }

  /** How long the slowest one took. */
  Duration slowest() {
    return payments.stream().map(Answered::took).max(Comparator.naturalOrder()).orElseThrow();
  }

  @Override
  public String toString() {
    return "%s, %.0f/s, p99 %d ms, slowest %d ms"
        .formatted(answers(), rate(), p99().toMillis(), slowest().toMillis());
  }
}
