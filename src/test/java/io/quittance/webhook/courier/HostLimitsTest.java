package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostLimitsTest {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HostLimits limits = new HostLimits(3, 2);

  private Future<?> entering(String host) {
    return threads.submit(
        () -> {
          limits.enter(host);
          return null;
        });
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    threads.close();
  }

  @Test
  void letsAHostInUpToItsLimitAndOthersPastIt() throws Exception {
    limits.enter("a");
    limits.enter("a");
    Future<?> third = entering("a");
    limits.enter("b");
    assertThat(third.isDone()).isFalse();
    limits.leave("b");
    assertThat(third.isDone()).isFalse();
    limits.leave("a");
    third.get();
  }

  @Test
  void letsNoMoreInThanTheTotal() throws Exception {
    limits.enter("a");
    limits.enter("b");
    limits.enter("c");
    Future<?> fourth = entering("d");
    await().until(() -> limits.hosts() == 4);
    assertThat(fourth.isDone()).isFalse();
    limits.leave("a");
    fourth.get();
  }

  @Test
  void losesNothingToThoseWhoGiveUp() throws Exception {
    limits.enter("a");
    limits.enter("a");
    limits.enter("b");
    List<Future<?>> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(entering("a"));
      waiting.add(entering("h" + i));
    }
    await().until(() -> limits.hosts() == 102);
    for (Future<?> future : waiting) {
      future.cancel(true);
      assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    }
    await().until(() -> limits.hosts() == 2);
    limits.leave("a");
    limits.leave("a");
    limits.leave("b");
    assertThat(limits.hosts()).isZero();
    limits.enter("a");
    limits.enter("a");
    limits.enter("b");
  }
}
