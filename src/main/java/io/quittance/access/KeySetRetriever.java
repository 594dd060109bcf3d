package io.quittance.access;

import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import io.micrometer.core.instrument.MeterRegistry;
import io.quittance.concurrency.Deadline;
import io.quittance.concurrency.DeadlineExceededException;
import io.quittance.concurrency.pool.Job;
import io.quittance.concurrency.pool.WorkerPool;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;

/**
 * Fetches an issuer's keys on a thread of its own, so that a request waits no longer than the
 * limit, even for a server that sends a byte at a time. Thread-safe.
 */
final class KeySetRetriever implements ResourceRetriever, AutoCloseable {

  static final String DISCOVERY = "/.well-known/openid-configuration";

  private static final Duration LIMIT = Duration.ofSeconds(2);
  private static final int TIMEOUT_MS = 1_000;
  private static final int BYTES_MAX = 256 * 1024;

  private final ResourceRetriever http =
      new DefaultResourceRetriever(TIMEOUT_MS, TIMEOUT_MS, BYTES_MAX);
  private final WorkerPool<URL, Resource> pool;
  private final String issuer;

  KeySetRetriever(String issuer, MeterRegistry registry) {
    this.issuer = issuer;
    this.pool = WorkerPool.<URL, Resource>named("jwks", this::fetch).capacity(16).start(registry);
  }

  @Override
  public Resource retrieveResource(URL url) throws IOException {
    var deadline = Deadline.after(LIMIT);
    try {
      return deadline.await(pool.submit(url, deadline));
    } catch (DeadlineExceededException | RejectedExecutionException e) {
      throw new IOException("the keys of " + issuer + " could not be fetched in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (RuntimeException e) {
      throw new IOException("the keys of " + issuer + " could not be fetched", e);
    }
  }

  private void fetch(List<Job<URL, Resource>> jobs) throws IOException, ParseException {
    for (Job<URL, Resource> job : jobs) {
      boolean discover = job.item().getPath().endsWith(DISCOVERY);
      Resource keys = http.retrieveResource(discover ? discovered(job.item()) : job.item());
      if (job.deadline().expired()) {
        // Its caller has given up. Counted as failed, or the alert would not see a slow issuer.
        job.fail(new DeadlineExceededException("the keys arrived after the deadline"));
      } else {
        job.succeed(keys);
      }
    }
  }

  /**
   * @see <a href="https://openid.net/specs/openid-connect-discovery-1_0.html">OpenID Connect
   *     Discovery 1.0</a>
   */
  private URL discovered(URL document) throws IOException, ParseException {
    Map<String, Object> metadata =
        JSONObjectUtils.parse(http.retrieveResource(document).getContent());
    if (!issuer.equals(JSONObjectUtils.getString(metadata, "issuer"))) {
      throw new IOException(document + " names another issuer");
    }
    return URI.create(JSONObjectUtils.getString(metadata, "jwks_uri")).toURL();
  }

  @Override
  public void close() {
    pool.close();
  }
}
