package io.quittance.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Requests that are all sent at the same moment. */
final class Burst {

  private Burst() {}

  static List<Answer> of(int requests, IntFunction<Answer> request) {
    var start = new CountDownLatch(1);
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var pending = new ArrayList<Future<Answer>>();
      for (int i = 0; i < requests; i++) {
        int number = i;
        pending.add(
            clients.submit(
                () -> {
                  start.await();
                  return request.apply(number);
                }));
      }
      start.countDown();
      var answers = new ArrayList<Answer>();
      for (Future<Answer> answer : pending) {
        answers.add(answer.get());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
  }
}
