package io.quittance.recovery;

import io.quittance.recovery.Board.Kind;
import io.quittance.recovery.Board.Target;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** One client: draws a request, sends it until it is answered, and writes down what it was told. */
final class Client {

  private final Mix mix;
  private final Random random;
  private final Sender sender;
  private final History history;
  private final Board board;

  Client(String name, Random random, Sender sender, History history, Board board) {
    this.mix = new Mix(name + "-", random, board);
    this.random = random;
    this.sender = sender;
    this.history = history;
    this.board = board;
  }

  void tradeUntil(BooleanSupplier over, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    while (!over.getAsBoolean()) {
      Mix.Draw draw = mix.next();
      List<Callable<History.Entry>> sends = draw.requests().stream().map(this::sending).toList();
      for (Future<History.Entry> sent : threads.invokeAll(sends)) {
        note(sent.get(), draw.target());
      }
    }
  }

  private Callable<History.Entry> sending(Request request) {
    var own = new Random(random.nextLong());
    return () -> sender.send(request, own);
  }

  private void note(History.Entry entry, Target target) {
    history.record(entry);
    if (!entry.succeeded()) {
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
