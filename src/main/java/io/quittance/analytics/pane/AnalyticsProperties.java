package io.quittance.analytics.pane;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits of interaction events.
 *
 * @param engine where events are kept until they are counted: the database or Kafka
 * @param maxTypes of events that a merchant's panes tell apart
 * @param maxLabelValues of each label that a merchant's panes tell apart
 * @param maxSeries sets of labels that a merchant's panes have in an hour, on each replica
 * @param maxPending a merchant's events that wait for their payment to be looked up
 * @param dedupeWindow how long ids are remembered, at least
 * @param dedupeCapacity how many ids are remembered, at most
 * @param shards that count events side by side, each with a connection; a merchant has one
 * @param queueBytes bodies that wait for a shard
 * @param lookUpLimit how long a look-up of payments may take
 */
@ConfigurationProperties("quittance.analytics")
public record AnalyticsProperties(
    @DefaultValue("embedded") Engine engine,
    @DefaultValue("1000") int maxTypes,
    @DefaultValue("100") int maxLabelValues,
    @DefaultValue("10000") int maxSeries,
    @DefaultValue("1000000") long maxPending,
    @DefaultValue("10m") Duration dedupeWindow,
    @DefaultValue("4000000") int dedupeCapacity,
    @DefaultValue("2") int shards,
    @DefaultValue("32MB") DataSize queueBytes,
    @DefaultValue("500ms") Duration lookUpLimit) {

  /** The name of the setting {@link #engine}. */
  public static final String ENGINE = "quittance.analytics.engine";

  private static final int CAPACITY_MIN = 1000;

  /** What an answer to events rests on. */
  public enum Engine {
    /** They are counted, in a commit of the database. */
    EMBEDDED,
    /** A topic of Kafka has them; they are counted a moment later. */
    KAFKA
  }

  public AnalyticsProperties {
    if (maxTypes < 1 || maxLabelValues < 1 || maxSeries < 1 || maxPending < 0 || shards < 1) {
      throw new IllegalArgumentException(
          "quittance.analytics.max-types, .max-label-values, .max-series and .shards must be 1 or"
              + " more, and .max-pending 0 or more");
    }
    if (dedupeCapacity < CAPACITY_MIN || !dedupeWindow.isPositive()) {
      throw new IllegalArgumentException(
          "quittance.analytics.dedupe-capacity must be %d or more, and .dedupe-window positive"
              .formatted(CAPACITY_MIN));
    }
  }

  /** How many connections work at the same time, look-ups included. */
  public int connections() {
    return switch (engine) {
      case EMBEDDED -> shards + 1;
      case KAFKA -> 2 * shards + 2;
    };
  }
}
