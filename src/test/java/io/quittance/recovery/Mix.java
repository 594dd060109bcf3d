package io.quittance.recovery;

import io.quittance.recovery.Board.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Draws one client's requests, some of them in pairs that contradict or repeat each other. */
final class Mix {

  static final int ACCOUNTS = 20;
  static final long REVIEWED_ABOVE = 5_000;

  private static final double RIVALRY = 0.3;
  private static final double TWINS = 0.1;
  private static final double TIME_RUNS_OUT = 0.25;
  private static final int WAIT_SECONDS_MAX = 10;
  private static final List<Integer> DEADLINES_MS = List.of(2_000, 2_000, 2_000, 1_000, 150);

  /**
   * Requests that are to be sent at the same time, and the payment that they are about.
   *
   * @param timeRunsOut whether its time is to run out meanwhile
   */
  record Draw(List<Request> requests, Target target, boolean timeRunsOut) {}

  private static final Target NOTHING = new Target("", 0, true);

  private final String prefix;
  private final Random random;
  private final Board board;
  private int drawn;

  Mix(String prefix, Random random, Board board) {
    this.prefix = prefix;
    this.random = random;
    this.board = board;
  }

  Draw next() {
    Draw draw = draw();
    if (random.nextDouble() >= TWINS) {
      return draw;
    }
    List<Request> requests = new ArrayList<>(draw.requests());
    requests.add(requests.getFirst().twin(1 + random.nextInt(WAIT_SECONDS_MAX)));
    return new Draw(requests, draw.target(), draw.timeRunsOut());
  }

  private Draw draw() {
    return switch (operation()) {
      case PAY -> one(pay());
      case TRANSFER -> one(transfer());
      case REVIEW -> about(Board.Kind.PARKED, Operation.REVIEW, Operation.REVIEW);
      case CAPTURE -> about(Board.Kind.HELD, Operation.CAPTURE, Operation.CANCEL);
      case CANCEL -> about(Board.Kind.HELD, Operation.CANCEL, Operation.CAPTURE);
      case REFUND -> about(Board.Kind.PAID, Operation.REFUND, Operation.REFUND);
    };
  }

  private Operation operation() {
    int all = Arrays.stream(Operation.values()).mapToInt(Operation::weight).sum();
    int chosen = random.nextInt(all);
    for (Operation operation : Operation.values()) {
      chosen -= operation.weight();
      if (chosen < 0) {
        return operation;
      }
    }
    throw new IllegalStateException("the weights do not add up");
  }

  private static Draw one(Request request) {
    return new Draw(List.of(request), NOTHING, false);
  }

  private Draw about(Board.Kind kind, Operation operation, Operation rival) {
    return board
        .pick(kind, random)
        .map(
            target -> {
              List<Request> requests = new ArrayList<>(List.of(act(operation, target)));
              if (random.nextDouble() < RIVALRY) {
                requests.add(act(rival, target));
              }
              boolean waits = kind != Board.Kind.PAID;
              return new Draw(requests, target, waits && random.nextDouble() < TIME_RUNS_OUT);
            })
        .orElseGet(() -> one(pay()));
  }

  private Request act(Operation operation, Target target) {
    return switch (operation) {
      case REVIEW -> review(target);
      case CAPTURE -> capture(target);
      case CANCEL -> request(operation, target.paymentId(), 0, true, "{}");
      case REFUND -> refund(target);
      case PAY, TRANSFER -> throw new IllegalArgumentException(operation.name());
    };
  }

  private Request pay() {
    boolean automatic = random.nextBoolean();
    long amount = 1 + random.nextLong(REVIEWED_ABOVE + REVIEWED_ABOVE / 5);
    String payee = random.nextBoolean() ? "shop" : account(0, ACCOUNTS / 2);
    String reference = random.nextInt(4) == 0 ? ",\"reference\":\"%s\"".formatted(key()) : "";
    return request(
        Operation.PAY,
        "",
        amount,
        automatic,
        """
        {"amount":%d,"currency":"EUR","payer":"%s","payee":"%s","capture_method":"%s"%s}\
        """
            .formatted(
                amount,
                account(ACCOUNTS / 2, ACCOUNTS),
                payee,
                automatic ? "automatic" : "manual",
                reference));
  }

  /** Mostly back to those who pay, so that money keeps going round. */
  private Request transfer() {
    long amount = 1 + random.nextLong(8 * REVIEWED_ABOVE);
    String from = random.nextBoolean() ? "shop" : account(0, ACCOUNTS / 2);
    return request(
        Operation.TRANSFER,
        "",
        amount,
        true,
        "{\"amount\":%d,\"currency\":\"EUR\",\"from\":\"%s\",\"to\":\"%s\"}"
            .formatted(amount, from, account(ACCOUNTS / 2, ACCOUNTS)));
  }

  private Request review(Target target) {
    boolean approve = random.nextInt(3) > 0;
    return request(
        Operation.REVIEW,
        target.paymentId(),
        0,
        approve,
        "{\"decision\":\"%s\"}".formatted(approve ? "approve" : "decline"));
  }

  private Request capture(Target target) {
    long amount = part(target);
    boolean last = amount == 0 || random.nextBoolean();
    return request(
        Operation.CAPTURE,
        target.paymentId(),
        amount,
        last,
        amount == 0 ? "{}" : "{\"amount\":%d,\"final\":%s}".formatted(amount, last));
  }

  private Request refund(Target target) {
    long amount = part(target);
    return request(
        Operation.REFUND,
        target.paymentId(),
        amount,
        false,
        amount == 0 ? "{\"reason\":\"all\"}" : "{\"amount\":%d}".formatted(amount));
  }

  /** 0 for all that is left; now and then too much. */
  private long part(Target target) {
    return switch (random.nextInt(8)) {
      case 0, 1 -> 0;
      case 2 -> target.amount();
      case 3 -> target.amount() + 1;
      case 4, 5 -> Math.max(1, target.amount() / 2);
      default -> Math.max(1, target.amount() / 5);
    };
  }

  private String account(int from, int to) {
    return "a" + random.nextInt(from, to);
  }

  private String key() {
    return prefix + drawn;
  }

  private Request request(
      Operation operation, String paymentId, long amount, boolean last, String body) {
    String key = key();
    drawn++;
    int deadlineMs = DEADLINES_MS.get(random.nextInt(DEADLINES_MS.size()));
    return new Request(operation, key, paymentId, amount, last, deadlineMs, 0, body);
  }
}
