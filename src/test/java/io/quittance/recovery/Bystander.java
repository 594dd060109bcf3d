package io.quittance.recovery;

import io.quittance.testing.Merchant;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A merchant of its own that pays while others are disturbed, and counts how it fares. */
final class Bystander {

  private static final int ACCOUNTS = 8;
  private static final long FUNDS = 1_000_000;
  private static final String PATIENT_MS = "10000";

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

  /** Pays until the disturbance is over; how many payments had which answer. */
  Map<String, Integer> payWhile(Supplier<URI> replica, BooleanSupplier disturbed)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Map<String, Integer>>> payers = new ArrayList<>();
      for (int account = 0; account < ACCOUNTS; account++) {
        String payer = "a" + account;
        payers.add(threads.submit(() -> payFrom(payer, replica, disturbed)));
      }
      Map<String, Integer> answers = new TreeMap<>();
      for (Future<Map<String, Integer>> payments : payers) {
        payments.get().forEach((answer, n) -> answers.merge(answer, n, Integer::sum));
      }
      return answers;
    }
  }

  private Map<String, Integer> payFrom(
      String payer, Supplier<URI> replica, BooleanSupplier disturbed) throws InterruptedException {
    Map<String, Integer> answers = new TreeMap<>();
    var random = new Random();
    while (disturbed.getAsBoolean()) {
      answers.merge(pay(payer, replica.get(), "bystander-" + random.nextLong()), 1, Integer::sum);
    }
    return answers;
  }

  /** Which part of a payment was not done in time, for whoever asks why. */
  private static String lateness(Merchant.Answer answer) {
    return answer.status() == 504 ? ": " + answer.body() : "";
  }

  private String pay(String payer, URI replica, String key) throws InterruptedException {
    try {
      Merchant.Answer answer =
          merchant.post(
              replica,
              "/v1/payments",
              Merchant.payment(1, payer, "shop"),
              Map.of("Idempotency-Key", key, "Payment-Deadline-Ms", PATIENT_MS));
      if (answer.status() == 201) {
        paid.add(answer.body().path("id").asText());
      }
      return (answer.status() + " " + answer.code()).strip() + lateness(answer);
    } catch (HttpTimeoutException e) {
      return "no answer";
    } catch (IOException e) {
      return "broken";
    }
  }
}
