package io.quittance.recovery;

import io.quittance.testing.Merchant;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that does not give up: it repeats a request under the same key, to any replica, until it
 * has a definite answer. Thread-safe.
 */
final class Sender {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BACK_OFF = Duration.ofMillis(50);

  private final Merchant merchant;
  private final Replicas replicas;
  private final History history;

  Sender(Merchant merchant, Replicas replicas, History history) {
    this.merchant = merchant;
    this.replicas = replicas;
    this.history = history;
  }

  /** Sends it until its answer is definite or patience ends; records nothing but the attempts. */
  History.Entry send(Request request, Random random) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Set<String> named = new HashSet<>();
    do {
      try {
        Merchant.Answer answer =
            merchant.post(replicas.any(random), request.path(), request.body(), request.headers());
        history.attempted((answer.status() + " " + answer.code()).trim());
        if (!unknown(answer)) {
          named.add(Outcome.of(answer).id());
        }
        if (definite(answer)) {
          return new History.Entry(request, Outcome.of(answer), named);
        }
      } catch (IOException e) {
        history.attempted("broken");
      }
      LockSupport.parkNanos(random.nextLong(BACK_OFF.toNanos()));
    } while (System.nanoTime() < end);
    return new History.Entry(request, null, named);
  }

  private static boolean unknown(Merchant.Answer answer) {
    return answer.body().path("outcome").asText().equals("unknown");
  }

  /**
   * A failure that nothing was recorded of leaves the key free, so it is final only when it is told
   * a second time.
   */
  private static boolean definite(Merchant.Answer answer) {
    if (unknown(answer) || answer.code().equals("idempotency_in_progress")) {
      return false;
    }
    return switch (answer.status()) {
      case 429 -> false;
      case 500, 502, 503, 504 -> replayed(answer);
      default -> true;
    };
  }

  static boolean replayed(Merchant.Answer answer) {
    return answer.raw().headers().firstValue("Idempotent-Replayed").isPresent();
  }
}
