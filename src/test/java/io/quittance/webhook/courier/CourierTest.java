package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.Ticker;
import io.quittance.testing.Proves;
import io.quittance.webhook.courier.Courier.Permit;
import io.quittance.webhook.courier.Courier.Reply;
import io.quittance.webhook.courier.HostileReceiver.Manner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.apache.hc.core5.http.MessageConstraintException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real sockets; the names are those of a fake domain name system. */
@Timeout(60)
class CourierTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final UUID MERCHANT = UUID.randomUUID();
  private static final byte[] BODY = "{\"id\":\"evt_1\"}".getBytes(StandardCharsets.UTF_8);

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Map<String, List<String>> zone = new ConcurrentHashMap<>();
  private final AtomicInteger lookups = new AtomicInteger();
  private final CountDownLatch slowServer = new CountDownLatch(1);
  private final List<HostileReceiver> receivers = new ArrayList<>();
  private Courier courier = courier(new CourierSettings(20, 20, LONG, LONG));

  private Courier courier(CourierSettings settings) {
    try {
      return new Courier(
          new DnsResolver(this::resolve, Duration.ZERO, true, Ticker.SYSTEM, registry),
          settings,
          SSLContext.getDefault(),
          new DeadlineScopes(registry, Clock.systemUTC()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private InetAddress[] resolve(String name) throws UnknownHostException {
    lookups.incrementAndGet();
    if (name.startsWith("slow")) {
      awaitSlowServer(name);
    }
    List<String> addresses = zone.getOrDefault(name, List.of("127.0.0.1"));
    return addresses.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private void awaitSlowServer(String name) throws UnknownHostException {
    try {
      slowServer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException(name);
    }
  }

  @AfterEach
  void close() throws IOException {
    slowServer.countDown();
    courier.close();
    for (HostileReceiver receiver : receivers) {
      receiver.close();
    }
  }

  private void reopenWith(CourierSettings settings) throws IOException {
    courier.close();
    courier = courier(settings);
  }

  private HostileReceiver receiver(Manner manner) {
    var receiver = new HostileReceiver(manner);
    receivers.add(receiver);
    return receiver;
  }

  private static String at(HostileReceiver receiver) {
    return "http://hook.localhost:%d/hook?a=b".formatted(receiver.port());
  }

  private Reply post(String url, Duration limit) throws IOException, InterruptedException {
    try (Permit permit = permit(url, limit.multipliedBy(2))) {
      return post(permit, limit);
    }
  }

  private Permit permit(String url, Duration limit) throws IOException, InterruptedException {
    return courier.permit(WebhookUrl.parse(url, true), MERCHANT, Deadline.after(limit));
  }

  private static Reply post(Permit permit, Duration limit)
      throws IOException, InterruptedException {
    return permit.post(
        Map.of("Content-Type", "application/json", "webhook-id", "evt_1"),
        BODY,
        Deadline.after(limit));
  }

  private Reply post(HostileReceiver receiver) throws IOException, InterruptedException {
    return post(at(receiver), LONG);
  }

  @Test
  void deliversTheMessageAsItIs() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("202 Accepted", "", "thanks"));
    assertThat(post(receiver)).isEqualTo(new Reply(202, null, "thanks"));
    assertThat(receiver.requests()).hasSize(1);
    String request = receiver.requests().getFirst();
    assertThat(request)
        .startsWith("POST /hook?a=b HTTP/1.1\r\n")
        .contains("\r\nHost: hook.localhost:%d\r\n".formatted(receiver.port()))
        .contains("\r\nContent-Type: application/json\r\n")
        .contains("\r\nwebhook-id: evt_1\r\n")
        .contains("\r\nUser-Agent: Quittance\r\n")
        .doesNotContainIgnoringCase("accept-encoding")
        .doesNotContainIgnoringCase("upgrade")
        .doesNotContainIgnoringCase("expect")
        .endsWith("\r\n\r\n{\"id\":\"evt_1\"}");
  }

  @Test
  void keepsTheConnectionForTheNextMessage() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    post(receiver);
    post(receiver);
    assertThat(receiver.requests()).hasSize(2);
    assertThat(receiver.connections()).isEqualTo(1);
    assertThat(lookups).hasValue(2);
  }

  @Test
  void leavesAKeptConnectionWhenTheNameNoLongerLeadsThere() throws Exception {
    HostileReceiver first = receiver(HostileReceiver.always("200 OK", "", "first"));
    var second =
        new HostileReceiver(
            ServerSocketFactory.getDefault(),
            "127.0.0.2",
            first.port(),
            HostileReceiver.always("200 OK", "", "second"));
    receivers.add(second);
    assertThat(post(first).excerpt()).isEqualTo("first");
    zone.put("hook.localhost", List.of("127.0.0.2"));
    assertThat(post(first).excerpt()).isEqualTo("second");
    zone.put("hook.localhost", List.of("10.0.0.1"));
    assertThatThrownBy(() -> post(first)).isInstanceOf(DnsResolver.NotPublicException.class);
    assertThat(first.requests()).hasSize(1);
    assertThat(second.requests()).hasSize(1);
  }

  /** Whoever asked twice, to check and to connect, would be led to the second answer. */
  @Test
  void connectsToTheVeryAddressThatWasChecked() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    assertThat(post(receiver).status()).isEqualTo(200);
    assertThat(lookups).hasValue(1);
    assertThat(receiver.connections()).isEqualTo(1);
  }

  @Test
  void opensNoConnectionWhenOneAddressIsNotPublic() {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    zone.put("hook.localhost", List.of("127.0.0.1", "192.168.0.1"));
    assertThatThrownBy(() -> post(receiver)).isInstanceOf(DnsResolver.NotPublicException.class);
    assertThat(receiver.connections()).isZero();
  }

  @Test
  void triesTheNextAddressWhenNobodyListensAtTheFirst() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    zone.put("hook.localhost", List.of("127.0.0.3", "127.0.0.1"));
    assertThat(post(receiver).status()).isEqualTo(200);
  }

  @Test
  void saysWhenNobodyListensAtAll() {
    zone.put("hook.localhost", List.of("127.0.0.3", "127.0.0.4"));
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    assertThatThrownBy(() -> post(receiver)).isInstanceOf(ConnectException.class);
  }

  @Test
  void doesNotRepeatAfterItWasSent() {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.reset();
            });
    assertThatThrownBy(() -> post(receiver)).isInstanceOf(IOException.class);
    assertThat(receiver.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"301", "302", "303", "307", "308"})
  void followsNoRedirect(String status) throws Exception {
    HostileReceiver inside = receiver(HostileReceiver.always("200 OK", "", "secret"));
    HostileReceiver receiver =
        receiver(HostileReceiver.always(status + " There", "Location: " + at(inside) + "\r\n", ""));
    assertThat(post(receiver)).isEqualTo(new Reply(Integer.parseInt(status), null, ""));
    assertThat(inside.connections()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"401 Unauthorized", "407 Proxy Authentication Required"})
  void answersNoChallenge(String status) throws Exception {
    HostileReceiver receiver =
        receiver(
            HostileReceiver.always(
                status, "WWW-Authenticate: Negotiate\r\nProxy-Authenticate: Basic\r\n", ""));
    assertThat(post(receiver).status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void bringsNoCookieBack() throws Exception {
    HostileReceiver receiver =
        receiver(HostileReceiver.always("200 OK", "Set-Cookie: a=b; Path=/\r\n", ""));
    post(receiver);
    post(receiver);
    assertThat(receiver.requests().get(1)).doesNotContainIgnoringCase("cookie");
  }

  @Test
  void asksNoProxy() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", ""));
    ProxySelector before = ProxySelector.getDefault();
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            throw new AssertionError("asked for a proxy for " + uri);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException e) {
            throw new AssertionError(e);
          }
        });
    try {
      assertThat(post(receiver).status()).isEqualTo(200);
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void unpacksNothing() throws Exception {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("bomb".repeat(100).getBytes(StandardCharsets.UTF_8));
    }
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say(
                  "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
                      .formatted(packed.size()));
              visit.say(packed.toByteArray());
            });
    assertThat(post(receiver).excerpt()).doesNotContain("bomb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 99999999999", "Transfer-Encoding: chunked", "X: none"})
  void readsTheBeginningOfAnEndlessBodyAndHangsUp(String framing) throws Exception {
    String chunk = framing.contains("chunked") ? "a\r\n0123456789\r\n" : "0123456789";
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n");
              visit.repeatUntilHangUp(chunk.repeat(100), 0);
            });
    Reply reply = post(receiver);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.excerpt()).startsWith("0123456789").hasSize(BodyHead.EXCERPT_LENGTH_MAX);
    assertThat(receiver.sawHangUp()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Padding: 0123456789\r\n", "0123456789"})
  void givesUpOnEndlessHeaders(String text) throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say("HTTP/1.1 200 OK\r\n");
              visit.repeatUntilHangUp(text.repeat(100), 0);
            });
    assertThatThrownBy(() -> post(receiver)).isInstanceOf(MessageConstraintException.class);
    assertThat(receiver.sawHangUp()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nX: ", // within a header
        "HTTP", // within the status line
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: "
      })
  void endsAtTheDeadlineWhenHeadersDrip(String beginning) throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say(beginning);
              visit.repeatUntilHangUp("x", 20);
            });
    assertThatThrownBy(() -> post(at(receiver), SHORT))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessage("no answer within 400 ms");
    assertThat(receiver.sawHangUp()).isTrue();
  }

  @Test
  void endsAtTheDeadlineWhenTheAnswerIsAlwaysYetToCome() throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.repeatUntilHangUp("HTTP/1.1 103 Early Hints\r\n\r\n", 1);
            });
    assertThatThrownBy(() -> post(at(receiver), SHORT)).isInstanceOf(SocketTimeoutException.class);
    assertThat(receiver.sawHangUp()).isTrue();
  }

  @Test
  void believesTheStatusWhenTheBodyDripsBeyondTheDeadline() throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
              visit.repeatUntilHangUp("x", 20);
            });
    Reply reply = post(at(receiver), SHORT);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.excerpt()).startsWith("x");
    assertThat(receiver.sawHangUp()).isTrue();
  }

  @Test
  void believesTheStatusWhenTheBodyBreaksOff() throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say(
                  "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 100\r\n\r\nsorry");
            });
    assertThat(post(receiver)).isEqualTo(new Reply(503, "120", "sorry"));
    assertThat(post(receiver)).isEqualTo(new Reply(503, "120", "sorry"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void endsAtTheDeadlineWhenNobodySpeaks(String scheme) throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.Visit::awaitHangUp);
    String url = scheme + "://hook.localhost:%d/".formatted(receiver.port());
    assertThatThrownBy(() -> post(url, SHORT)).isInstanceOf(SocketTimeoutException.class);
    assertThat(receiver.sawHangUp()).isTrue();
  }

  @Test
  void endsAtTheDeadlineWhenTheMessageIsNotTaken() throws Exception {
    var never = new CountDownLatch(1);
    HostileReceiver receiver = receiver(visit -> never.await());
    try (Permit permit = permit(at(receiver), LONG)) {
      assertThatThrownBy(() -> permit.post(Map.of(), new byte[16 << 20], Deadline.after(SHORT)))
          .isInstanceOf(SocketTimeoutException.class);
    } finally {
      never.countDown();
    }
  }

  @Test
  void doesNotBeginAfterTheDeadline() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", ""));
    try (Permit permit = permit(at(receiver), LONG)) {
      assertThatThrownBy(() -> post(permit, Duration.ZERO))
          .isInstanceOf(SocketTimeoutException.class);
    }
    assertThat(receiver.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 -1 No\r\n\r\n",
        "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2000000000 No\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"
      })
  void takesNothingElseForAnAnswer(String text) {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say(text);
            });
    assertThatThrownBy(() -> post(receiver)).isInstanceOf(IOException.class);
  }

  @Test
  void showsTheBodyOnOnePrintableLine() throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.say("HTTP/1.1 500 No\r\nRetry-After: \t1\u0007\r\nContent-Length: 21\r\n\r\n");
              visit.say("a\0b\u001b[31mc\r\nd\u202ee€\n".getBytes(StandardCharsets.UTF_8));
            });
    assertThat(post(receiver)).isEqualTo(new Reply(500, null, "a\ufffdb\ufffd[31mc  d\ufffde€"));
  }

  @Test
  void stopsWhenItsCallerIsInterrupted() throws Exception {
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.awaitHangUp();
            });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Reply> waiting = threads.submit(() -> post(receiver));
      await().until(() -> receiver.requests().size() == 1);
      waiting.cancel(true);
      assertThat(receiver.sawHangUp()).isTrue();
    }
  }

  /** Attempts end together, and those who wait get their turn as they give up. */
  @Test
  void losesNoConnectionWhenManyAttemptsAtAHungHostEndTogether() throws Exception {
    reopenWith(new CourierSettings(8, 4, LONG, LONG));
    HostileReceiver hung = receiver(HostileReceiver.Visit::awaitHangUp);
    HostileReceiver sound = receiver(HostileReceiver.always("200 OK", "", "ok"));
    for (int round = 0; round < 3; round++) {
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Reply>> attempts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          attempts.add(threads.submit(() -> post(at(hung), SHORT)));
        }
        assertThat(post("http://sound.localhost:%d/".formatted(sound.port()), LONG).status())
            .isEqualTo(200);
        for (Future<Reply> attempt : attempts) {
          assertThatThrownBy(attempt::get)
              .cause()
              .isInstanceOfAny(SocketTimeoutException.class, NoRoomException.class);
        }
      }
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Reply>> attempts = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        attempts.add(
            threads.submit(() -> post("http://hook.localhost:%d/".formatted(sound.port()), LONG)));
      }
      for (Future<Reply> attempt : attempts) {
        assertThat(attempt.get().status()).isEqualTo(200);
      }
    }
    assertThat(hung.connections()).isLessThanOrEqualTo(3 * 200);
  }

  @Test
  void sendsNothingWhenThereIsNoRoomAtTheHostInTime() throws Exception {
    reopenWith(new CourierSettings(8, 1, LONG, LONG));
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));

    try (Permit _ = permit(at(receiver), LONG)) {
      assertThatThrownBy(() -> permit(at(receiver), SHORT)).isInstanceOf(NoRoomException.class);
    }

    assertThat(receiver.connections()).isZero();
    assertThat(post(receiver).status()).isEqualTo(200);
  }

  @Test
  @Proves("name servers of receivers")
  void sendsNothingWhenTheNamesTurnDoesNotComeInTime() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      occupyTheMerchantsLookups(threads, receiver);
      assertThatThrownBy(() -> post(at(receiver), SHORT)).isInstanceOf(NoRoomException.class);
      slowServer.countDown();
    }
    assertThat(receiver.requests()).noneMatch(request -> request.contains("Host: hook."));
  }

  /** What the look-up of a name waits for is not the receiver's time. */
  @Test
  void beginsTheAttemptWhenTheNamesTurnHasCome() throws Exception {
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    Duration attempt = Duration.ofSeconds(2);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      occupyTheMerchantsLookups(threads, receiver);
      Future<Reply> waiting =
          threads.submit(
              () -> {
                try (Permit permit = permit(at(receiver), LONG)) {
                  return post(permit, attempt);
                }
              });
      await().until(Deadline.after(attempt)::expired);
      slowServer.countDown();
      assertThat(waiting.get().status()).isEqualTo(200);
    }
  }

  /** By as many names of a slow zone as threads look up. */
  private void occupyTheMerchantsLookups(ExecutorService threads, HostileReceiver receiver)
      throws IOException {
    reopenWith(new CourierSettings(100, 100, LONG, LONG));
    for (int i = 0; i < 32; i++) {
      String url = "http://slow%d.localhost:%d/".formatted(i, receiver.port());
      threads.submit(() -> post(url, LONG));
    }
    await().until(() -> lookups.get() >= 4);
  }

  @Test
  void makesRoomForANewHostByClosingWhatIsIdle() throws Exception {
    reopenWith(new CourierSettings(4, 4, LONG, LONG));
    HostileReceiver receiver = receiver(HostileReceiver.always("200 OK", "", "ok"));
    for (int i = 0; i < 20; i++) {
      assertThat(post("http://h%d.localhost:%d/".formatted(i, receiver.port()), LONG).status())
          .isEqualTo(200);
    }
    assertThat(receiver.connections()).isEqualTo(20);
  }

  @Test
  void closesWhatIsIdleForLong() throws Exception {
    reopenWith(new CourierSettings(4, 4, LONG, Duration.ofMillis(100)));
    HostileReceiver receiver =
        receiver(
            visit -> {
              visit.takeRequest();
              visit.answer("200 OK", "Keep-Alive: timeout=86400\r\n", "ok");
              visit.awaitHangUp();
            });
    post(receiver);
    assertThat(receiver.sawHangUp()).isTrue();
  }
}
