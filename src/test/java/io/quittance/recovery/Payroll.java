package io.quittance.recovery;

import com.fasterxml.jackson.databind.JsonNode;
import io.quittance.testing.Merchant;
import io.quittance.testing.Merchant.Answer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A merchant of its own that pays in batches while others are disturbed, and does not give up:
 * waited for, in the background, or all or none. In the end what the items say is the ledger.
 */
final class Payroll {

  private static final int ACCOUNTS = 8;
  private static final long FUNDS = 1_000_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BACK_OFF = Duration.ofMillis(100);
  private static final String PATH = "/v1/payment-batches";

  private enum Kind {
    WAITED_FOR(20, "independent", Map.of("Payment-Deadline-Ms", "2000")),
    BACKGROUND(60, "independent", Map.of("Prefer", "respond-async")),
    ATOMIC(10, "atomic", Map.of());

    private final int items;
    private final String mode;
    private final Map<String, String> headers;

    Kind(int items, String mode, Map<String, String> headers) {
      this.items = items;
      this.mode = mode;
      this.headers = headers;
    }
  }

  private record Item(String payer, long amount) {}

  private final Merchant merchant;
  private final Replicas replicas;
  private final Random random;

  /** What was asked for, by the batch's id. */
  private final Map<String, List<Item>> made = new HashMap<>();

  private final List<String> violations = new ArrayList<>();
  private int refused;
  private int resumed;

  private Payroll(Merchant merchant, Replicas replicas, Random random) {
    this.merchant = merchant;
    this.replicas = replicas;
    this.random = random;
  }

  static Payroll open(Replicas replicas, Random random) throws IOException, InterruptedException {
    URI service = replicas.any(random);
    Merchant merchant = Merchant.register(service);
    merchant.openAccounts(service, ACCOUNTS, FUNDS);
    return new Payroll(merchant, replicas, random);
  }

  void payUntil(BooleanSupplier over) throws InterruptedException {
    for (int number = 0; !over.getAsBoolean(); number++) {
      Kind kind = Kind.values()[number % Kind.values().length];
      // Now and then one that its payer cannot afford, which refuses all of an atomic batch.
      boolean tooMuch = random.nextInt(4) == 0;
      List<Item> items =
          IntStream.range(0, kind.items)
              .mapToObj(i -> new Item("a" + i % ACCOUNTS, tooMuch && i == 3 ? 2 * FUNDS : 1 + i))
              .toList();
      pay("batch-" + number, kind, items);
    }
  }

  private void pay(String key, Kind kind, List<Item> items) throws InterruptedException {
    Map<String, String> headers = new HashMap<>(kind.headers);
    headers.put("Idempotency-Key", key);
    Answer answer =
        untilDefinite(() -> merchant.post(any(), PATH, body(key, kind, items), headers));
    if (answer == null) {
      violations.add("never answered: " + key);
    } else if (answer.code().equals("batch_refused") && kind == Kind.ATOMIC) {
      refused++;
    } else if (answer.status() == 201 || answer.status() == 202) {
      made.put(answer.body().path("id").asText(), items);
    } else {
      violations.add("%s was answered %s".formatted(key, answer.body()));
    }
  }

  private static String body(String key, Kind kind, List<Item> items) {
    return "{\"mode\":\"%s\",\"reference\":\"%s\",\"payments\":[%s]}"
        .formatted(
            kind.mode,
            key,
            IntStream.range(0, items.size())
                .mapToObj(
                    i ->
                        """
                        {"amount":%d,"currency":"EUR","payer":"%s","payee":"shop","reference":"%s-%d"}"""
                            .formatted(items.get(i).amount(), items.get(i).payer(), key, i))
                .collect(Collectors.joining(",")));
  }

  /** Brings every batch to its end, and says what contradicts the ledger. */
  List<String> violations() throws IOException, InterruptedException {
    Map<String, Long> spent = new HashMap<>();
    for (var batch : made.entrySet()) {
      JsonNode ended = ended(batch.getKey());
      violations.addAll(contradictions(ended, batch.getValue()));
      for (JsonNode item : ended.path("items")) {
        if (item.path("status").asText().equals("succeeded")) {
          Item asked = batch.getValue().get(item.path("index").asInt());
          spent.merge(asked.payer(), asked.amount(), Long::sum);
        }
      }
    }
    for (int i = 0; i < ACCOUNTS; i++) {
      String account = "a" + i;
      compare(account, FUNDS - spent.getOrDefault(account, 0L), posted(account));
    }
    long sum = spent.values().stream().mapToLong(Long::longValue).sum();
    compare("shop", sum, posted("shop"));
    compare("the list of batches", made.size(), listed().size());
    return violations;
  }

  private void compare(String what, long told, long found) {
    if (told != found) {
      violations.add("%s: batches tell %d, the ledger has %d".formatted(what, told, found));
    }
  }

  /** The batch when it has come to rest and nothing is left to be begun. */
  private JsonNode ended(String id) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    int resumes = 0;
    while (true) {
      JsonNode batch = untilDefinite(() -> merchant.get(any(), PATH + "/" + id)).body();
      boolean rests = !batch.path("status").asText().equals("processing");
      if ((rests && open(batch) == 0) || System.nanoTime() > end) {
        return batch;
      }
      if (rests && count(batch, "not_started") > 0) {
        String key = "resume-%s-%d".formatted(id, resumes++);
        untilDefinite(() -> merchant.post(any(), PATH + "/" + id + "/resume", key, "{}"));
        resumed++;
      }
      LockSupport.parkNanos(BACK_OFF.toNanos());
    }
  }

  private static List<String> contradictions(JsonNode batch, List<Item> asked) {
    var found = new ArrayList<String>();
    int sum = 0;
    for (JsonNode count : batch.path("counts")) {
      sum += count.asInt();
    }
    boolean addsUp = sum == 2 * count(batch, "total") && count(batch, "total") == asked.size();
    boolean all = count(batch, "succeeded") == asked.size();
    boolean atomic = batch.path("mode").asText().equals("atomic");
    if (!addsUp || open(batch) > 0 || (atomic && !all)) {
      found.add("a batch that contradicts itself or what was asked: " + batch);
    }
    return found;
  }

  /** Items whose fate is still to be known. */
  private static int open(JsonNode batch) {
    return count(batch, "processing") + count(batch, "unknown") + count(batch, "not_started");
  }

  private static int count(JsonNode batch, String what) {
    return batch.path("counts").path(what).asInt();
  }

  private long posted(String account) throws IOException, InterruptedException {
    return merchant.get(any(), "/v1/accounts/" + account).body().at("/balances/posted").asLong();
  }

  private Set<String> listed() throws IOException, InterruptedException {
    var ids = new HashSet<String>();
    String next = "";
    do {
      JsonNode page = merchant.get(any(), PATH + "?limit=100" + next).body();
      page.path("data").forEach(batch -> ids.add(batch.path("id").asText()));
      next =
          page.path("has_more").asBoolean() ? "&cursor=" + page.path("next_cursor").asText() : "";
    } while (!next.isEmpty());
    return ids;
  }

  private URI any() {
    return replicas.any(random);
  }

  private interface Call {
    Answer send() throws IOException, InterruptedException;
  }

  /** Null when patience has ended. */
  private Answer untilDefinite(Call call) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try {
        Answer answer = call.send();
        boolean passing =
            answer.status() == 429
                || answer.status() >= 500
                || answer.code().equals("idempotency_in_progress");
        if (!passing) {
          return answer;
        }
      } catch (IOException e) {
        // Its replica has died, or is about to.
      }
      LockSupport.parkNanos(BACK_OFF.toNanos());
    }
    return null;
  }

  @Override
  public String toString() {
    return "%d batches made, %d refused, %d resumed".formatted(made.size(), refused, resumed);
  }
}
