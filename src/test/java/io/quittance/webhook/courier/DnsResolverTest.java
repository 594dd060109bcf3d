package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DnsResolverTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final Map<String, InetAddress[]> zone = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch slowServer = new CountDownLatch(1);
  private DnsResolver names = names(LONG, false);

  private DnsResolver names(Duration rememberedFor, boolean allowLoopback) {
    return new DnsResolver(this::resolve, rememberedFor, allowLoopback, new SimpleMeterRegistry());
  }

  private InetAddress[] resolve(String name) throws UnknownHostException {
    asked.incrementAndGet();
    if (name.startsWith("slow")) {
      uninterruptibly(slowServer);
    }
    InetAddress[] found = zone.get(name);
    if (found == null) {
      throw new UnknownHostException(name);
    }
    return found;
  }

  /** As a native call does. */
  private static void uninterruptibly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // A look-up does not listen.
      }
    }
  }

  @AfterEach
  void letGo() {
    slowServer.countDown();
    names.close();
  }

  private void answer(String name, String... addresses) {
    zone.put(
        name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
  }

  private List<InetAddress> look(String url) throws Exception {
    return look(url, Deadline.after(LONG));
  }

  private List<InetAddress> look(String url, Deadline deadline) throws Exception {
    return names.addresses(WebhookUrl.parse(url, true), deadline);
  }

  @Test
  void findsAllAddressesInTheirOrder() throws Exception {
    answer("shop.example", "8.8.8.8", "2606:4700::1111");
    assertThat(look("https://shop.example/"))
        .containsExactly(
            InetAddress.ofLiteral("8.8.8.8"), InetAddress.ofLiteral("2606:4700::1111"));
  }

  @Test
  void refusesAHostWithOneAddressThatIsNotPublic() {
    answer("shop.example", "8.8.8.8", "1.1.1.1", "10.0.0.1");
    assertThatThrownBy(() -> look("https://shop.example/"))
        .isInstanceOf(DnsResolver.NotPublicException.class)
        .hasMessageContaining("shop.example")
        .hasMessageNotContaining("10.0.0.1");
  }

  @Test
  void asksNobodyForALiteralAddressButChecksIt() throws Exception {
    assertThat(look("https://8.8.8.8/")).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
    assertThatThrownBy(() -> look("http://127.0.0.1/"))
        .isInstanceOf(DnsResolver.NotPublicException.class);
    assertThat(asked).hasValue(0);
  }

  @Test
  void letsThisMachineInOnlyWhenToldTo() throws Exception {
    answer("shop.example", "127.0.0.1");
    assertThatThrownBy(() -> look("https://shop.example/"))
        .isInstanceOf(DnsResolver.NotPublicException.class);
    assertThatThrownBy(() -> look("http://localhost/"))
        .isInstanceOf(DnsResolver.NotPublicException.class);
    names.close();
    names = names(LONG, true);
    assertThat(look("https://shop.example/")).hasSize(1);
    assertThat(look("http://localhost/").getFirst().isLoopbackAddress()).isTrue();
  }

  @Test
  void checksAgainWhenTheAnswerHasChanged() throws Exception {
    names.close();
    names = names(Duration.ZERO, false);
    answer("shop.example", "8.8.8.8");
    assertThat(look("https://shop.example/")).hasSize(1);
    answer("shop.example", "169.254.169.254");
    // The cache learns of an answer's end a moment after those who wait for it.
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> look("https://shop.example/"))
                    .isInstanceOf(DnsResolver.NotPublicException.class));
  }

  @Test
  void remembersAnAnswerAndThatThereIsNone() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    look("https://shop.example/hook");
    assertThat(asked).hasValue(1);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> look("https://nowhere.example/"))
          .isInstanceOf(UnknownHostException.class)
          .hasMessage("nowhere.example has no address");
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void takesAnEmptyAnswerForNone() {
    answer("shop.example");
    assertThatThrownBy(() -> look("https://shop.example/"))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void waitsForASlowServerNoLongerThanTheDeadline() {
    assertThatThrownBy(() -> look("https://slow.example/", Deadline.after(Duration.ofMillis(50))))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void asksOnlyOnceWhileASlowServerThinks() throws Exception {
    answer("slow.example", "8.8.8.8");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<InetAddress>>> waiting =
          IntStream.range(0, 100)
              .mapToObj(i -> threads.submit(() -> look("https://slow.example/" + i)))
              .toList();
      await().until(() -> asked.get() > 0);
      answer("quick.example", "1.1.1.1");
      assertThat(look("https://quick.example/")).hasSize(1);
      slowServer.countDown();
      for (Future<List<InetAddress>> future : waiting) {
        assertThat(future.get()).hasSize(1);
      }
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void saysThatItHasNoRoomWhenTooManyNamesWait() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2000; i++) {
        String url = "https://slow%d.example/".formatted(i);
        threads.submit(() -> look(url));
      }
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () -> look("https://new.example/", Deadline.after(Duration.ZERO)))
                      .isInstanceOf(NoRoomException.class));
      slowServer.countDown();
    }
  }

  @Test
  void keepsKnownHostsGoingWhileSlowServersOccupyAllThreads() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2000; i++) {
        String url = "https://slow%d.example/".formatted(i);
        threads.submit(() -> look(url));
      }
      await().until(() -> asked.get() == 1 + 32);
      assertThat(look("https://shop.example/")).hasSize(1);
      slowServer.countDown();
    }
  }
}
