package io.quittance.analytics.pane;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings of interaction events.
 *
 * @param engine where events are kept until they are counted: the database or Kafka
 * @param maxTypes how many types of events a merchant's panes distinguish
 * @param maxLabelValues how many values of each label a merchant's panes distinguish
 * @param maxSeries how many sets of labels a merchant's panes have in an hour, on each replica
 * @param maxPending how many of a merchant's events may wait for their payment to be looked up
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

  /** The size of one body of events. */
  private static final DataSize QUEUE_BYTES_MIN = DataSize.ofMegabytes(5);

  /** When events are acknowledged. */
  public enum Engine {
    /** Once the database has counted them. */
    EMBEDDED,
    /** Once Kafka has stored them; they are counted later. */
    KAFKA
  }

  public AnalyticsProperties {
    if (queueBytes.compareTo(QUEUE_BYTES_MIN) < 0) {
      throw new IllegalArgumentException(
          "quittance.analytics.queue-bytes must be %d MB or more"
              .formatted(QUEUE_BYTES_MIN.toMegabytes()));
    }
  }

  /** How many connections are in use at most, including look-ups. */
  public int connections() {
    return switch (engine) {
      case EMBEDDED -> shards + 1;
      case KAFKA -> 2 * shards + 2;
    };
  }
}
