package io.quittance.recovery;

import java.util.Set;

/** What a client may ask for, and which definite answers to it are plausible. */
enum Operation {
  PAY(40, Set.of(201, 202, 402, 503, 504)),
  TRANSFER(10, Set.of(201, 402)),
  REVIEW(8, Set.of(200, 409)),
  CAPTURE(20, Set.of(201, 409, 422)),
  CANCEL(8, Set.of(200, 409)),
  REFUND(14, Set.of(201, 402, 409, 422));

  private final int weight;
  private final Set<Integer> statuses;

  Operation(int weight, Set<Integer> statuses) {
    this.weight = weight;
    this.statuses = statuses;
  }

  /** How often it is asked for, relative to the others. */
  int weight() {
    return weight;
  }

  boolean mayAnswer(Outcome outcome) {
    return statuses.contains(outcome.status())
        && !outcome.code().equals("duplicate_reference")
        && !outcome.code().equals("idempotency_key_reused");
  }

  String path(String paymentId) {
    return switch (this) {
      case PAY -> "/v1/payments";
      case TRANSFER -> "/v1/transfers";
      case REVIEW -> "/v1/payments/" + paymentId + "/review";
      case CAPTURE -> "/v1/payments/" + paymentId + "/captures";
      case CANCEL -> "/v1/payments/" + paymentId + "/cancel";
      case REFUND -> "/v1/payments/" + paymentId + "/refunds";
    };
  }
}
