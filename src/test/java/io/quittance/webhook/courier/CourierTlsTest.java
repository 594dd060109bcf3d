package io.quittance.webhook.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.Ticker;
import io.quittance.webhook.courier.Courier.Reply;
import io.quittance.webhook.courier.HostileReceiver.Manner;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The address is pinned, and TLS still asks for the host by its name. */
@Timeout(60)
class CourierTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir static Path directory;

  private static KeyStore keys;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<SNIServerName> asked = new CopyOnWriteArrayList<>();
  private Courier courier;
  private HostileReceiver receiver;

  @BeforeAll
  static void makeCertificate() throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "receiver",
                "-keyalg",
                "EC",
                "-dname",
                "CN=receiver",
                "-ext",
                "san=dns:hook.localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    keys = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
  }

  private static SSLContext receiversTls() throws Exception {
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), null, null);
    return tls;
  }

  private static SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("receiver", keys.getCertificate("receiver"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return tls;
  }

  private void open(SSLContext tls, Manner manner) throws Exception {
    receiver = new HostileReceiver(receiversTls().getServerSocketFactory(), "127.0.0.1", 0, manner);
    courier =
        new Courier(
            new DnsResolver(
                name -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")},
                Duration.ZERO,
                true,
                Ticker.SYSTEM,
                registry),
            new CourierSettings(1, 1, Duration.ofSeconds(30), Duration.ofSeconds(30)),
            tls,
            new DeadlineScopes(registry, Clock.systemUTC()));
  }

  private void answer(HostileReceiver.Visit visit) throws IOException {
    while (visit.takeRequest()) {
      var session = (ExtendedSSLSession) ((SSLSocket) visit.socket()).getSession();
      asked.addAll(session.getRequestedServerNames());
      visit.answer("200 OK", "", "ok");
    }
  }

  private Reply post(String host) throws IOException, InterruptedException {
    Deadline deadline = Deadline.after(Duration.ofSeconds(30));
    WebhookUrl url = WebhookUrl.parse("https://%s:%d/".formatted(host, receiver.port()), true);
    try (Courier.Permit permit = courier.permit(url, UUID.randomUUID(), deadline)) {
      return permit.post(Map.of(), new byte[] {'x'}, deadline);
    }
  }

  @AfterEach
  void close() throws IOException {
    courier.close();
    receiver.close();
  }

  @Test
  void asksForTheHostByItsName() throws Exception {
    open(trusting(), this::answer);
    assertThat(post("hook.localhost")).isEqualTo(new Reply(200, null, "ok"));
    assertThat(post("hook.localhost").status()).isEqualTo(200);
    assertThat(asked).containsOnly(new SNIHostName("hook.localhost"));
    assertThat(receiver.connections()).isEqualTo(1);
  }

  @Test
  void acceptsTheCertificateOfALiteralAddress() throws Exception {
    open(trusting(), this::answer);
    assertThat(post("127.0.0.1").status()).isEqualTo(200);
    assertThat(asked).isEmpty();
  }

  @Test
  void refusesACertificateForAnotherName() throws Exception {
    open(trusting(), this::answer);
    assertThatThrownBy(() -> post("other.localhost"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("other.localhost");
    assertThat(receiver.requests()).isEmpty();
  }

  @Test
  void refusesACertificateThatNobodyTrusts() throws Exception {
    open(SSLContext.getDefault(), this::answer);
    assertThatThrownBy(() -> post("hook.localhost")).isInstanceOf(SSLException.class);
    assertThat(receiver.requests()).isEmpty();
  }
}
