package io.quittance.webhook.courier;

import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.HttpsSupport;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.pool.StrictConnPool;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Builds the HTTP client of the {@link Courier}, which connects only to the address that it is
 * given. It resolves no names, and uses no proxies, redirects, retries, cookies, credentials or
 * compression.
 */
final class PinnedHttpClient {

  static final RequestConfig REQUESTS =
      RequestConfig.custom()
          .setAuthenticationEnabled(false)
          .setRedirectsEnabled(false)
          .setContentCompressionEnabled(false)
          .setExpectContinueEnabled(false)
          .setProtocolUpgradeEnabled(false)
          .build();

  private static final int HEADER_LINE_LENGTH_MAX = 8192;
  private static final int HEADERS_MAX = 100;
  private static final String[] TLS_VERSIONS = {"TLSv1.3", "TLSv1.2"};

  /** So that a host whose certificate is revoked is not trusted for ever. */
  private static final Duration CONNECTION_AGE_MAX = Duration.ofMinutes(5);

  private static final Duration UNUSED_AND_TRUSTED_MAX = Duration.ofMillis(500);

  private PinnedHttpClient() {}

  static CloseableHttpClient open(CourierSettings settings, SSLContext tls) {
    return HttpClientBuilder.create()
        .setConnectionManager(connections(settings, tls))
        .setRoutePlanner(
            (host, context) ->
                new HttpRoute(host, null, URIScheme.HTTPS.same(host.getSchemeName())))
        .setDefaultRequestConfig(REQUESTS)
        .setUserAgent("Quittance")
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .disableConnectionState()
        .setKeepAliveStrategy((response, context) -> TimeValue.of(settings.idleMax()))
        .evictExpiredConnections()
        .evictIdleConnections(TimeValue.of(settings.idleMax()))
        .build();
  }

  private static PoolingHttpClientConnectionManager connections(
      CourierSettings settings, SSLContext tls) {
    // A graceful close writes to the receiver, which may never read, while the pool holds its lock.
    var pool =
        new StrictConnPool<HttpRoute, ManagedHttpClientConnection>(
            settings.connections(),
            settings.connections(),
            TimeValue.of(CONNECTION_AGE_MAX),
            PoolReusePolicy.LIFO,
            (connection, mode) -> connection.close(CloseMode.IMMEDIATE),
            null);
    var factory =
        ManagedHttpClientConnectionFactory.builder()
            .http1Config(
                Http1Config.custom()
                    .setMaxLineLength(HEADER_LINE_LENGTH_MAX)
                    .setMaxHeaderCount(HEADERS_MAX)
                    .build())
            .build();
    var manager = new PoolingHttpClientConnectionManager(connector(tls), pool, factory) {
          // The constructor that takes a pool is for subclasses.
        };
    manager.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            .setConnectTimeout(Timeout.of(settings.connectTimeout()))
            .setValidateAfterInactivity(TimeValue.of(UNUSED_AND_TRUSTED_MAX))
            .build());
    return manager;
  }

  private static HttpClientConnectionOperator connector(SSLContext tls) {
    return new DefaultHttpClientConnectionOperator(
        proxy -> new Socket(Proxy.NO_PROXY),
        DefaultSchemePortResolver.INSTANCE,
        new NoLookUps(),
        RegistryBuilder.<TlsSocketStrategy>create()
            .register(
                URIScheme.HTTPS.id,
                new DefaultClientTlsStrategy(
                    tls,
                    TLS_VERSIONS,
                    null,
                    SSLBufferMode.STATIC,
                    HostnameVerificationPolicy.BOTH,
                    HttpsSupport.getDefaultHostnameVerifier()))
            .build());
  }

  /** Fails every look-up: addresses are looked up and checked before the request. */
  private static final class NoLookUps implements DnsResolver {

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      throw new UnknownHostException(host + " was not resolved before the request");
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
      throw new UnknownHostException(host + " was not resolved before the request");
    }
  }
}
