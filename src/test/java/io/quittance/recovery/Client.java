package io.quittance.recovery;

import io.quittance.recovery.Board.Kind;
import io.quittance.recovery.Board.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** One client: draws a request, sends it until it is answered, and writes down what it was told. */
final class Client {

  private static final int TIME_LEFT_MS_MAX = 100;

  private final Mix mix;
  private final Random random;
  private final Sender sender;
  private final History history;
  private final Board board;
  private final Hourglass hourglass;

  Client(
      String name,
      Random random,
      Sender sender,
      History history,
      Board board,
      Hourglass hourglass) {
    this.mix = new Mix(name + "-", random, board);
    this.random = random;
    this.sender = sender;
    this.history = history;
    this.board = board;
    this.hourglass = hourglass;
  }

  void tradeUntil(BooleanSupplier over, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    while (!over.getAsBoolean()) {
      Mix.Draw draw = mix.next();
      List<Callable<Optional<History.Entry>>> sends = new ArrayList<>();
      draw.requests().forEach(request -> sends.add(sending(request)));
      if (draw.timeRunsOut()) {
        sends.add(runningOut(draw.target()));
      }
      for (Future<Optional<History.Entry>> sent : threads.invokeAll(sends)) {
        sent.get().ifPresent(entry -> note(entry, draw.target()));
      }
    }
  }

  private Callable<Optional<History.Entry>> sending(Request request) {
    var own = new Random(random.nextLong());
    return () -> Optional.of(sender.send(request, own));
  }

  private Callable<Optional<History.Entry>> runningOut(Target target) {
    var left = Duration.ofMillis(random.nextInt(TIME_LEFT_MS_MAX));
    return () -> {
      hourglass.leave(left, target.paymentId());
      return Optional.empty();
    };
  }

  private void note(History.Entry entry, Target target) {
    history.record(entry);
    if (!entry.succeeded() || entry.request().isTwin()) {
      return;
    }
    Request request = entry.request();
    if (request.operation() == Operation.PAY) {
      Outcome outcome = entry.outcome();
      var made = new Target(outcome.id(), request.amount(), request.last());
      board.add(kind(request, outcome), made);
    } else {
      board.learn(request, target);
    }
  }

  private static Kind kind(Request request, Outcome outcome) {
    if (outcome.status() == 202) {
      return Kind.PARKED;
    }
    return request.last() ? Kind.PAID : Kind.HELD;
  }
}
