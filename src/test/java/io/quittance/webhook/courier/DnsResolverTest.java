package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.Ticker;
import io.quittance.testing.Proves;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DnsResolverTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  /** As an attempt has. */
  private static final Duration ATTEMPT_MAX = Duration.ofSeconds(5);

  private static final Duration FRESH_FOR = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final UUID MERCHANT = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong now = new AtomicLong();
  private final Map<String, InetAddress[]> zone = new ConcurrentHashMap<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch slowServer = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean allSlow;
  private DnsResolver names = names(FRESH_FOR, false);

  private DnsResolver names(Duration freshFor, boolean allowLoopback) {
    return new DnsResolver(this::resolve, freshFor, allowLoopback, new Clock(), registry);
  }

  /** Stands still until it is put forward, which those who wait see soon. */
  private final class Clock implements Ticker {
    @Override
    public long nanoTime() {
      return now.get();
    }

    @Override
    public long sleepNanos(long nanos) {
      return Math.min(nanos, 1_000_000);
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private InetAddress[] resolve(String name) throws UnknownHostException {
    asked.incrementAndGet();
    if (allSlow || name.startsWith("slow")) {
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
    threads.shutdownNow();
    threads.close();
    names.close();
  }

  private void answer(String name, String... addresses) {
    zone.put(
        name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new));
  }

  private List<InetAddress> look(String url) throws Exception {
    return look(MERCHANT, url, LONG);
  }

  private List<InetAddress> look(UUID merchantId, String url, Duration limit) throws Exception {
    Deadline deadline = Deadline.after(limit);
    return host(merchantId, url, deadline).addresses(deadline);
  }

  private DnsResolver.Host host(UUID merchantId, String url, Deadline startBy) throws Exception {
    return names.host(WebhookUrl.parse(url, true), merchantId, startBy);
  }

  private Future<List<InetAddress>> looking(UUID merchantId, String url) {
    return threads.submit(() -> look(merchantId, url, LONG));
  }

  /** Has a merchant ask for names of a slow zone, until as many are looked up as may be at once. */
  private void lookInSlowZone(UUID merchantId, int names) {
    int before = asked.get();
    for (int i = 0; i < names; i++) {
      looking(merchantId, "https://slow%d.%s.example/".formatted(i, merchantId));
    }
    await().until(() -> asked.get() >= before + Math.min(names, 4));
  }

  /** Has enough merchants ask for names of a slow zone that all threads are occupied. */
  private void occupyAllThreads() {
    for (int i = 0; i < 100; i++) {
      looking(UUID.randomUUID(), "https://slow%d.example/".formatted(i));
    }
    await().until(() -> asked.get() >= 32);
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
    names = names(FRESH_FOR, true);
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
    assertThatThrownBy(() -> look("https://shop.example/"))
        .isInstanceOf(DnsResolver.NotPublicException.class);
  }

  @Test
  void remembersAnAnswerAndThatThereIsNone() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    look(OTHER, "https://shop.example/hook", LONG);
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
  void waitsForASlowServerNoLongerThanTheDeadline() throws Exception {
    DnsResolver.Host host = host(MERCHANT, "https://slow.example/", Deadline.after(LONG));
    assertThatThrownBy(() -> host.addresses(Deadline.after(Duration.ofMillis(50))))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void asksOnlyOnceWhileASlowServerThinks() throws Exception {
    answer("slow.example", "8.8.8.8");
    List<Future<List<InetAddress>>> waiting =
        IntStream.range(0, 100)
            .mapToObj(i -> looking(MERCHANT, "https://slow.example/" + i))
            .toList();
    await().until(() -> asked.get() > 0);
    answer("quick.example", "1.1.1.1");
    assertThat(look("https://quick.example/")).hasSize(1);
    slowServer.countDown();
    for (Future<List<InetAddress>> future : waiting) {
      assertThat(future.get()).hasSize(1);
    }
    assertThat(asked).hasValue(2);
  }

  @Test
  void saysThatItHasNoRoomWhenTooManyNamesOfAMerchantWait() throws Exception {
    lookInSlowZone(MERCHANT, 2000);
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> look(MERCHANT, "https://new.example/", Duration.ZERO))
                    .isInstanceOf(NoRoomException.class));
    answer("shop.example", "8.8.8.8");
    assertThat(look(OTHER, "https://shop.example/", ATTEMPT_MAX)).hasSize(1);
  }

  @Test
  @Proves("name servers of receivers")
  void aSlowZoneOfOneMerchantDelaysNoOther() throws Exception {
    lookInSlowZone(MERCHANT, 200);
    answer("shop.example", "8.8.8.8");
    assertThat(look(OTHER, "https://shop.example/", ATTEMPT_MAX)).hasSize(1);
    assertThat(asked).hasValue(4 + 1);
  }

  /** Whoever joined the look-up of another merchant would wait for that one's turn. */
  @Test
  void aSlowZoneOfOneMerchantDelaysNoOtherAtAHostThatBothHave() throws Exception {
    lookInSlowZone(MERCHANT, 4);
    answer("shared.example", "8.8.8.8");
    Future<List<InetAddress>> waiting = looking(MERCHANT, "https://shared.example/");
    assertThatThrownBy(() -> look(MERCHANT, "https://shared.example/", Duration.ofMillis(20)))
        .isInstanceOf(NoRoomException.class);
    assertThat(look(OTHER, "https://shared.example/", ATTEMPT_MAX)).hasSize(1);
    slowServer.countDown();
    assertThat(waiting.get()).hasSize(1);
    assertThat(asked).as("the second look-up found the answer of the first").hasValue(4 + 1);
  }

  @Test
  @Proves("name servers of receivers")
  void tellsALookUpThatNeverBeganFromOneThatDidNotEnd() throws Exception {
    DnsResolver.Host begun = host(MERCHANT, "https://slow.example/", Deadline.after(LONG));
    occupyAllThreads();
    answer("shop.example", "8.8.8.8");
    Deadline soon = Deadline.after(Duration.ofMillis(50));
    assertThatThrownBy(() -> begun.addresses(soon)).isInstanceOf(DeadlineExceededException.class);
    assertThatThrownBy(() -> look(OTHER, "https://shop.example/", Duration.ofMillis(50)))
        .isInstanceOf(NoRoomException.class);
    slowServer.countDown();
    assertThat(look(OTHER, "https://shop.example/", LONG)).hasSize(1);
    assertThatThrownBy(() -> look(MERCHANT, "https://slow.example/", LONG))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void aLookUpThatWaitsWhenTheServiceStopsHasNeverBegun() throws Exception {
    lookInSlowZone(MERCHANT, 4);
    Future<List<InetAddress>> waiting = looking(MERCHANT, "https://shop.example/");
    await().until(() -> registry.get("quittance.pool.queue.depth").gauge().value() == 1);
    names.close();
    assertThatThrownBy(waiting::get).hasCauseInstanceOf(NoRoomException.class);
    assertThatThrownBy(() -> look("https://new.example/")).isInstanceOf(NoRoomException.class);
  }

  @Test
  void keepsKnownHostsGoingWhileSlowServersOccupyAllThreads() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    occupyAllThreads();
    assertThat(look("https://shop.example/")).hasSize(1);
    pass(FRESH_FOR);
    Future<List<InetAddress>> waiting = looking(MERCHANT, "https://shop.example/");
    while (!waiting.isDone()) {
      pass(PATIENCE.dividedBy(100));
      Thread.onSpinWait();
    }
    assertThat(waiting.get()).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
  }

  @Test
  void goesOnWithTheLastAddressesWhileANewAnswerIsLate() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    allSlow = true;
    answer("shop.example", "1.1.1.1");

    pass(FRESH_FOR);
    Future<List<InetAddress>> first = looking(MERCHANT, "https://shop.example/");
    await().until(() -> asked.get() == 2);
    assertThat(first.isDone()).as("it waits for a moment").isFalse();
    pass(PATIENCE);
    assertThat(first.get()).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
    assertThat(look("https://shop.example/")).as("which is over now").isEqualTo(first.get());
    assertThat(asked).hasValue(2);

    slowServer.countDown();
    await()
        .untilAsserted(
            () ->
                assertThat(look("https://shop.example/"))
                    .containsExactly(InetAddress.ofLiteral("1.1.1.1")));
    assertThat(asked).hasValue(2);
  }

  @Test
  @Proves("name servers of receivers")
  void goesOnWithTheLastAddressesForMinutesWhenThereIsNoAnswer() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    zone.clear();
    for (int i = 1; i < 30; i++) {
      pass(FRESH_FOR);
      assertThat(look("https://shop.example/")).containsExactly(InetAddress.ofLiteral("8.8.8.8"));
      assertThat(look("https://shop.example/")).hasSize(1);
      assertThat(asked).as("asked again each time that an answer was due").hasValue(1 + i);
    }
    pass(FRESH_FOR);
    assertThatThrownBy(() -> look("https://shop.example/"))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  @Proves("name servers of receivers")
  void waitsForTheAnswerAgainWhenTheLastOneIsTooOld() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    allSlow = true;
    pass(Duration.ofMinutes(5));
    DnsResolver.Host host = host(MERCHANT, "https://shop.example/", Deadline.after(LONG));
    assertThatThrownBy(() -> host.addresses(Deadline.after(Duration.ofMillis(20))))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void aNewAnswerThatIsNotPublicReplacesTheLastOneAtOnce() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    allSlow = true;
    answer("shop.example", "8.8.8.8", "10.0.0.1");
    pass(FRESH_FOR);
    Future<List<InetAddress>> before = looking(MERCHANT, "https://shop.example/");
    await().until(() -> asked.get() == 2);
    pass(PATIENCE);
    assertThat(before.get()).containsExactly(InetAddress.ofLiteral("8.8.8.8"));

    slowServer.countDown();
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> look("https://shop.example/"))
                    .isInstanceOf(DnsResolver.NotPublicException.class));
    assertThat(asked).hasValue(2);

    zone.clear();
    pass(FRESH_FOR);
    assertThatThrownBy(() -> look("https://shop.example/"))
        .as("neither stands in for no answer")
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void aNewAnswerOfAnothersLookUpThatIsNotPublicReplacesTheLastOneToo() throws Exception {
    answer("shop.example", "8.8.8.8");
    look("https://shop.example/");
    allSlow = true;
    pass(FRESH_FOR);
    Future<List<InetAddress>> waiting = looking(MERCHANT, "https://shop.example/");
    await().until(() -> asked.get() == 2);
    allSlow = false;
    answer("shop.example", "10.0.0.1");

    assertThatThrownBy(() -> look(OTHER, "https://shop.example/", LONG))
        .isInstanceOf(DnsResolver.NotPublicException.class);
    pass(PATIENCE);
    assertThatThrownBy(waiting::get).hasCauseInstanceOf(DnsResolver.NotPublicException.class);
  }
}
