package io.quittance.recovery;

import io.quittance.testing.Merchant;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A merchant of its own that pays while others are disturbed, and notes how it fares. */
final class Bystander {

  /** It pays from all of them at once. */
  static final int ACCOUNTS = 8;

  private static final long FUNDS = 1_000_000;

  /** The deadline of its payments. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Merchant merchant;

  private final Set<String> paid = ConcurrentHashMap.newKeySet();

  private Bystander(Merchant merchant) {
    this.merchant = merchant;
  }

  static Bystander open(URI service, Receivers receivers) throws IOException, InterruptedException {
    Merchant merchant = Merchant.register(service);
    merchant.openAccounts(service, ACCOUNTS, FUNDS);
    receivers.openLiving(merchant, service);
    return new Bystander(merchant);
  }

  /** The ids of the payments that were acknowledged. */
  Set<String> paid() {
    return Set.copyOf(paid);
  }

  /** Pays until the disturbance is over, from all accounts at once. */
  Fare payWhile(Supplier<URI> replica, BooleanSupplier disturbed)
      throws InterruptedException, ExecutionException {
    long begunNanos = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Fare.Answered>>> payers = new ArrayList<>();
      for (int account = 0; account < ACCOUNTS; account++) {
        String payer = "a" + account;
        payers.add(threads.submit(() -> payFrom(payer, replica, disturbed)));
      }
      List<Fare.Answered> all = new ArrayList<>();
      for (Future<List<Fare.Answered>> payments : payers) {
        all.addAll(payments.get());
      }
      return new Fare(all, Duration.ofNanos(System.nanoTime() - begunNanos));
    }
  }

  private List<Fare.Answered> payFrom(
      String payer, Supplier<URI> replica, BooleanSupplier disturbed) throws InterruptedException {
    List<Fare.Answered> payments = new ArrayList<>();
    var random = new Random();
    while (disturbed.getAsBoolean()) {
      URI service = replica.get();
      long sentNanos = System.nanoTime();
      Paid paid = pay(payer, service, "bystander-" + random.nextLong());
      payments.add(
          new Fare.Answered(
              paid.answer(), paid.id(), Duration.ofNanos(System.nanoTime() - sentNanos)));
    }
    return payments;
  }

  /** Which part of a payment was not done in time, for whoever asks why. */
  private static String lateness(Merchant.Answer answer) {
    return answer.status() == 504 ? ": " + answer.body() : "";
  }

  private record Paid(String answer, String id) {}

  private Paid pay(String payer, URI replica, String key) throws InterruptedException {
    try {
      Merchant.Answer answer =
          merchant.post(
              replica,
              "/v1/payments",
              Merchant.payment(1, payer, "shop"),
              Map.of(
                  "Idempotency-Key",
                  key,
                  "Payment-Deadline-Ms",
                  Long.toString(PATIENCE.toMillis())));
      String id = answer.body().path("id").asText(null);
      if (answer.status() == 201) {
        paid.add(id);
      }
      return new Paid((answer.status() + " " + answer.code()).strip() + lateness(answer), id);
    } catch (HttpTimeoutException e) {
      return new Paid("no answer", null);
    } catch (IOException e) {
      return new Paid("broken", null);
    }
  }
}
