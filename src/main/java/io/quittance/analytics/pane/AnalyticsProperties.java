package io.quittance.analytics.pane;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
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
 * @param shards how many intake workers there are, each with a connection; a merchant has one
 * @param queueBytes bodies that may wait for one intake worker
 * @param lookUpLimit how long a look-up of payments may take
 */
@ConfigurationProperties("quittance.analytics")
public record AnalyticsProperties(
    @DefaultValue("embedded") Engine engine,
    @DefaultValue("1000") @Min(1) int maxTypes,
    @DefaultValue("100") @Min(1) int maxLabelValues,
    @DefaultValue("10000") @Min(1) int maxSeries,
    @DefaultValue("1000000") @Min(0) long maxPending,
    @DefaultValue("10m") @DurationMin(seconds = 1) Duration dedupeWindow,
    @DefaultValue("4000000") @Min(1000) int dedupeCapacity,
    @DefaultValue("2") @Min(1) int shards,
    @DefaultValue("32MB") DataSize queueBytes,
    @DefaultValue("500ms") @DurationMin(millis = 50) Duration lookUpLimit) {

  /** The name of the setting {@link #engine}. */
  public static final String ENGINE = "quittance.analytics.engine";

  /** A whole body of events. */
  private static final DataSize QUEUE_BYTES_MIN = DataSize.ofMegabytes(5);

  /** What an answer to events rests on. */
  public enum Engine {
    /** They are counted, in a commit of the database. */
    EMBEDDED,
    /** A topic of Kafka has them; they are counted a moment later. */
    KAFKA
  }

  public AnalyticsProperties {
    if (queueBytes.compareTo(QUEUE_BYTES_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.analytics.queue-bytes must be %d MB or more"
              .formatted(QUEUE_BYTES_MIN.toMegabytes()));
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
