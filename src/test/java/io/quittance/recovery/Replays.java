package io.quittance.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Merchant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks everything again when the storm is over, and expects to be told the same. */
final class Replays {

  private static final int AT_ONCE = 16;

  private final Merchant merchant;
  private final Replicas replicas;
  private final Sender sender;

  Replays(Merchant merchant, Replicas replicas) {
    this.merchant = merchant;
    this.replicas = replicas;
    this.sender = new Sender(merchant, replicas, new History());
  }

  /** Sends requests that have no definite answer yet, and writes down the one that they get now. */
  void decide(History history) throws InterruptedException {
    for (History.Entry entry : history.undecided()) {
      History.Entry now = sender.send(entry.request(), new Random());
      history.record(new History.Entry(entry.request(), now.outcome(), now.named()));
    }
  }

  /** What is told otherwise now, in words. */
  List<String> violations(Collection<History.Entry> entries)
      throws InterruptedException, ExecutionException {
    List<Callable<Optional<String>>> checks = new ArrayList<>();
    for (History.Entry entry : entries) {
      if (entry.definite()) {
        checks.add(() -> toldOtherwise(entry));
      }
      if (entry.definite() && entry.request().operation() == Operation.PAY) {
        checks.add(() -> readsOtherwise(entry));
      }
    }
    checks.add(this::unbalanced);
    List<String> violations = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Optional<String>> check : threads.invokeAll(checks)) {
        check.get().ifPresent(violations::add);
      }
    }
    return violations;
  }

  private Optional<String> toldOtherwise(History.Entry entry) throws InterruptedException {
    Outcome again = sender.send(entry.request(), new Random()).outcome();
    return Objects.equals(again, entry.outcome())
        ? Optional.empty()
        : Optional.of("told otherwise, %s: %s".formatted(again, entry));
  }

  private Optional<String> readsOtherwise(History.Entry entry)
      throws IOException, InterruptedException {
    Merchant.Answer answer =
        merchant.get(
            replicas.any(new Random()), Operation.PAY.path("") + "/" + entry.outcome().id());
    JsonNode body = answer.body();
    boolean same =
        answer.status() == 200
            && body.path("id").asText().equals(entry.outcome().id())
            && body.path("amount").asLong() == entry.request().amount();
    return same ? Optional.empty() : Optional.of("reads otherwise, %s: %s".formatted(body, entry));
  }

  private Optional<String> unbalanced() throws IOException, InterruptedException {
    JsonNode body = merchant.get(replicas.any(new Random()), "/v1/ledger/trial-balance").body();
    JsonNode currencies = body.isArray() ? body : body.path("data");
    boolean balanced = !currencies.isEmpty();
    for (JsonNode currency : currencies) {
      balanced &= currency.path("balanced").asBoolean();
    }
    return balanced ? Optional.empty() : Optional.of("trial balance: " + body);
  }
}
