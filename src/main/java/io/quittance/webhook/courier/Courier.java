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
 * Sends a message to a merchant's receiver, which may be malicious: it connects only to an address
 * that was checked in the same attempt ({@link DnsResolver}), never takes longer than the deadline,
 * and reads little of the response. Thread-safe.
 *
 * <p>The host's addresses are looked up for each attempt, and the address is part of the connection
 * pool's key. So an open connection is reused only while the host still has that address.
 */
public final class Courier implements AutoCloseable {

  private static final Pattern RETRY_AFTER = Pattern.compile("[ -~]{1,64}");
  private static final int ADDRESSES_TRIED_MAX = 3;

  /**
   * The receiver's response. It counts as soon as its headers have arrived, even if the body breaks
   * off.
   *
   * @param status 200 to 599; a redirect is an answer like any other
   * @param retryAfter the header's value, 64 printable characters at most
   * @param excerpt the beginning of the body, printable, {@value BodyHead#EXCERPT_LENGTH_MAX}
   *     characters at most
   */
  public record Reply(int status, @Nullable String retryAfter, String excerpt) {}

  /**
   * The permission to send one message to a host, until it is closed. Confined to one thread,
   * closed once, and used without delay, because the host's addresses may change.
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
     * Makes one attempt. If there is no connection, it tries the host's next address; it does not
     * retry otherwise.
     *
     * @throws DnsResolver.NotPublicException the host is not on the public internet, or no longer
     * @throws SocketTimeoutException there was no answer by the deadline, from the receiver or its
     *     name servers
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
   * Waits until the host's name can be looked up and one more message to the host is allowed. The
   * deadline of the attempt starts after this wait, because the receiver does not cause it.
   *
   * @param merchantId whose receiver it is; merchants take turns, at names and at hosts
   * @param startBy until when to wait
   * @throws NoRoomException there was none by then
   */
  public Permit permit(WebhookUrl url, UUID merchantId, Deadline startBy)
      throws NoRoomException, InterruptedException {
    // Before it takes a place at the host: others use the place while the name waits for its turn.
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

  /** Sends nothing after the deadline, even if the addresses are known. */
  private Reply attempt(Permit permit, Map<String, String> headers, byte[] body, Deadline deadline)
      throws IOException, InterruptedException {
    List<InetAddress> addresses = permit.host.addresses(deadline);
    if (deadline.expired()) {
      throw new DeadlineExceededException("the DNS look-up took until the deadline");
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
    // The scope ends the attempt. If its interrupt is lost, this timeout ends it.
    Timeout socketTimeout = Timeout.of(deadline.remaining().plusSeconds(1));
    post.setConfig(
        RequestConfig.copy(PinnedHttpClient.REQUESTS)
            .setResponseTimeout(socketTimeout)
            .setConnectionRequestTimeout(socketTimeout)
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
