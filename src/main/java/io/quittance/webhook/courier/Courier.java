package io.quittance.webhook.courier;

import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.DeadlineScope;
import io.quittance.concurrency.DeadlineScopes;
import io.quittance.concurrency.ScopeFailedException;
import io.quittance.concurrency.Subtask;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Carries a message to a merchant's receiver, which may be operated by anybody, with bad
 * intentions, too: it goes only to an address that was checked in this very attempt ({@link
 * DnsResolver}), it never takes longer than its deadline, and of the answer little is read.
 * Thread-safe.
 *
 * <p>The host's addresses are asked for at each attempt, and the address is a part of the pool's
 * key. So a connection that was kept open is used again only while the host still has that address.
 */
public final class Courier implements AutoCloseable {

  private static final Pattern RETRY_AFTER = Pattern.compile("[ -~]{1,64}");
  private static final int ADDRESSES_TRIED_MAX = 3;

  /**
   * What the receiver answered. It counts once its headers are there, whatever becomes of the body.
   *
   * @param status 200 to 599; a redirect is an answer like any other
   * @param retryAfter the header's value, 64 printable characters at most
   * @param excerpt the beginning of the body, printable, {@value BodyHead#EXCERPT_LENGTH_MAX}
   *     characters at most
   */
  public record Reply(int status, @Nullable String retryAfter, String excerpt) {}

  /**
   * Room for one message to a host, until it is closed. Confined to one thread, and closed once; to
   * be used at once, while what is known of the host's addresses is new.
   */
  public final class Permit implements AutoCloseable {

    private final WebhookUrl url;
    private final UUID merchantId;
    private final DnsResolver.Host host;

    private Permit(WebhookUrl url, UUID merchantId, DnsResolver.Host host) {
      this.url = url;
      this.merchantId = merchantId;
      this.host = host;
    }

    /**
     * Makes one attempt. It is not repeated, except at the host's next address when there was no
     * connection.
     *
     * @throws DnsResolver.NotPublicException the host is not on the public internet, or no longer
     * @throws SocketTimeoutException there was no answer by the deadline, also of its name servers
     * @throws IOException there was no answer
     */
    public Reply post(Map<String, String> headers, byte[] body, Deadline deadline)
        throws IOException, InterruptedException {
      return Courier.this.post(this, headers, body, deadline);
    }

    /** Makes room for the next message. */
    @Override
    public void close() {
      limits.leave(url.host(), merchantId);
    }
  }

  private final DnsResolver names;
  private final DeadlineScopes scopes;
  private final HostLimits limits;
  private final CloseableHttpClient http;

  Courier(DnsResolver names, CourierSettings settings, SSLContext tls, DeadlineScopes scopes) {
    this.names = names;
    this.scopes = scopes;
    this.limits = new HostLimits(settings.connections(), settings.connectionsPerHost());
    this.http = PinnedHttpClient.open(settings, tls);
  }

  /**
   * Waits until the host's name has its turn to be looked up, and there is room for one more
   * message to it. This time is not the receiver's, so an attempt's own deadline begins when it is
   * over.
   *
   * @param merchantId whose receiver it is; merchants take turns, at names and at hosts
   * @param startBy how long it is waited for
   * @throws NoRoomException there was none by then
   */
  public Permit permit(WebhookUrl url, UUID merchantId, Deadline startBy)
      throws NoRoomException, InterruptedException {
    // Before the place at the host: while its name waits for a turn, others can use the place.
    DnsResolver.Host host = names.host(url, merchantId, startBy);
    if (!limits.enter(url.host(), merchantId, startBy)) {
      throw new NoRoomException("too many messages to %s are under way".formatted(url.host()));
    }
    return new Permit(url, merchantId, host);
  }

  private Reply post(Permit permit, Map<String, String> headers, byte[] body, Deadline deadline)
      throws IOException, InterruptedException {
    try (DeadlineScope scope = scopes.open("webhook", deadline)) {
      Subtask<Reply> post = scope.fork("post", left -> attempt(permit, headers, body, left));
      try {
        scope.join();
      } catch (DeadlineExceededException e) {
        return post.value().orElseThrow(() -> late(deadline, e));
      }
      return post.result();
    } catch (ScopeFailedException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static SocketTimeoutException late(Deadline deadline, DeadlineExceededException cause) {
    var late =
        new SocketTimeoutException(
            "no answer within %d ms".formatted(deadline.granted().toMillis()));
    late.initCause(cause);
    return late;
  }

  /** Sends nothing once the deadline has passed, also if the addresses are known. */
  private Reply attempt(Permit permit, Map<String, String> headers, byte[] body, Deadline deadline)
      throws IOException, InterruptedException {
    List<InetAddress> addresses = permit.host.addresses(deadline);
    if (deadline.expired()) {
      throw new DeadlineExceededException("the addresses were known too late");
    }
    return exchange(addresses, permit.url, headers, body, deadline);
  }

  private Reply exchange(
      List<InetAddress> addresses,
      WebhookUrl url,
      Map<String, String> headers,
      byte[] body,
      Deadline deadline)
      throws IOException {
    IOException unreachable = null;
    for (InetAddress address :
        addresses.subList(0, Math.min(addresses.size(), ADDRESSES_TRIED_MAX))) {
      try {
        return exchange(address, url, request(url, headers, body, deadline));
      } catch (ConnectException | ConnectTimeoutException | NoRouteToHostException e) {
        if (unreachable != null) {
          e.addSuppressed(unreachable);
        }
        unreachable = e;
      }
    }
    throw Objects.requireNonNull(unreachable);
  }

  private static HttpPost request(
      WebhookUrl url, Map<String, String> headers, byte[] body, Deadline deadline) {
    var post = new HttpPost(url.uri());
    headers.forEach(post::setHeader);
    post.setEntity(new ByteArrayEntity(body, null));
    // The scope ends the attempt; should its interrupt be lost, silence ends it all the same.
    Timeout silence = Timeout.of(deadline.remaining().plusSeconds(1));
    post.setConfig(
        RequestConfig.copy(PinnedHttpClient.REQUESTS)
            .setResponseTimeout(silence)
            .setConnectionRequestTimeout(silence)
            .build());
    return post;
  }

  private Reply exchange(InetAddress address, WebhookUrl url, HttpPost post) throws IOException {
    var target = new HttpHost(url.uri().getScheme(), address, url.host(), url.port());
    ClassicHttpResponse response = http.executeOpen(target, post, null);
    var body = new BodyHead(response.getEntity());
    try {
      int status = response.getCode();
      if (status < 200 || status > 599) {
        throw new ProtocolException("the receiver answered with the status %d".formatted(status));
      }
      return new Reply(status, retryAfter(response.getFirstHeader("Retry-After")), body.excerpt());
    } finally {
      if (!body.whole()) {
        // Closing the response would read the rest first.
        post.cancel();
      }
    }
  }

  private static @Nullable String retryAfter(@Nullable Header header) {
    String value = header == null ? null : header.getValue();
    return value != null && RETRY_AFTER.matcher(value).matches() ? value : null;
  }

  @Override
  public void close() throws IOException {
    http.close();
    names.close();
  }
}
