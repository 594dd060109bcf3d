package io.quittance.webhook;

import io.quittance.database.ReservedConnection;

/** The connections of scheduled jobs of webhooks. */
public final class WebhookConnections {

  private WebhookConnections() {}

  /**
   * For a scheduled job that reads deliveries or endpoints: until it is closed, the calling thread
   * takes its connections as one of these jobs, which leave one to others' jobs. Otherwise those
   * that wait for one locked table would keep recovery and the deletion of keys waiting.
   *
   * <p>Claims and attempts are not among them: a slow sweep must not delay deliveries.
   */
  public static ReservedConnection.Reserved forJob() {
    return ReservedConnection.forJobs("webhooks");
  }
}
